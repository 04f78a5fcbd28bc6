/// What is wrong with one field of a client, and what to give instead.
public struct ClientMistake: Error, Equatable, Sendable, CustomStringConvertible {
    /// The field, such as `redirectURIs[0]`.
    public let field: String
    /// What to do, in one sentence.
    public let sentence: String

    /// One line.
    public var description: String { "\(field): \(sentence)" }
}
