public import Failures
public import Kafka

/// A record that cannot be read as the message that it should be, however often it is tried.
public struct UndecodableMessage: ClassifiedFailure, Sendable, CustomStringConvertible {
    /// The record's place.
    public let position: Position
    /// What is wrong with it; never quotes it.
    public let reason: String

    /// - Parameters:
    ///   - position: The record's place.
    ///   - reason: What is wrong with it; never quotes it.
    public init(position: Position, reason: String) {
        self.position = position
        self.reason = reason
    }

    /// Always permanent.
    public var failureClass: FailureClass { .permanent }

    /// The place and the reason.
    public var description: String { "\(position): \(reason)" }
}
