public import Kafka

/// A record that can never be handled, and why.
public struct Rejection: Sendable {
    /// The record as it came.
    public let record: Record
    /// Why, for whoever looks at the dead letters.
    public let reason: String

    /// - Parameters:
    ///   - record: The record as it came.
    ///   - reason: Why, for whoever looks at the dead letters; never quotes what a person wrote.
    public init(record: Record, reason: String) {
        self.record = record
        self.reason = reason
    }
}
