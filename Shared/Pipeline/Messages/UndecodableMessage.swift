public import Failures
public import Kafka

/// A record that cannot be read as the message that it should be, however often it is tried.
public struct UndecodableMessage: ExplainedFailure, Sendable, CustomStringConvertible {
    /// The record's place.
    public let position: Position
    /// What is wrong with it; never quotes it.
    public let reason: String
    /// The same, by one of the service's reasons.
    public let cause: RejectionCause

    /// - Parameters:
    ///   - position: The record's place.
    ///   - reason: What is wrong with it; never quotes it.
    ///   - cause: The same, by one of the service's reasons.
    public init(
        position: Position,
        reason: String,
        cause: RejectionCause = RejectionCause(ReadingRefusal.notOfItsForm)
    ) {
        self.position = position
        self.reason = reason
        self.cause = cause
    }

    /// Always permanent.
    public var failureClass: FailureClass { .permanent }

    /// The place and the reason.
    public var description: String { "\(position): \(reason)" }
}
