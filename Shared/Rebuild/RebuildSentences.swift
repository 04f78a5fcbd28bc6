/// What a service says to whoever asks for a rebuild.
public struct RebuildSentences: Sendable {
    let underWay: String
    let unasked: String

    /// - Parameters:
    ///   - underWay: That another one is under way: `The directory is being rebuilt already.`
    ///   - unasked: That there is none to tell of: `The directory was never asked to be rebuilt.`
    public init(underWay: String, unasked: String) {
        self.underWay = underWay
        self.unasked = unasked
    }
}
