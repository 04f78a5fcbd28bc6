/// A record that could not be mapped. It stops nothing: the object stays as the directory has it.
public struct RejectedRecord: Codable, Equatable, Sendable {
    /// The object's id, where that could be read.
    public var externalID: String?
    /// Why, in one sentence without a person's data.
    public var reason: String

    /// - Parameters:
    ///   - externalID: The object's id, where that could be read.
    ///   - reason: Why, in one sentence without a person's data.
    public init(externalID: String?, reason: String) {
        self.externalID = externalID
        self.reason = reason
    }
}
