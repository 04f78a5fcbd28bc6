public import Failures
public import Kafka

/// A record that can never be handled, and why.
public struct Rejection: Sendable {
    /// The record as it came.
    public let record: Record
    /// Why, in particular, for whoever looks at the dead letters.
    public let reason: String
    /// Why, by one of the service's reasons.
    public let cause: RejectionCause

    /// - Parameters:
    ///   - record: The record as it came.
    ///   - reason: Why, for whoever looks at the dead letters; never quotes what a person wrote.
    ///   - cause: Why, by one of the service's reasons.
    public init(
        record: Record,
        reason: String,
        cause: RejectionCause = RejectionCause(ReadingRefusal.failedForGood)
    ) {
        self.record = record
        self.reason = reason
        self.cause = cause
    }
}
