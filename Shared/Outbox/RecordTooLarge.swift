public import Failures

/// A record that the brokers would never take; the transaction that wanted to write it fails instead of the relay.
public struct RecordTooLarge: ExplainedFailure, CustomStringConvertible {
    /// Where it was to go.
    public let topic: String
    /// Whom it is about.
    public let key: String?
    /// Its size in bytes, as ``Outbox/size(of:)`` counts.
    public let size: Int
    /// How large it may be, in bytes.
    public let limit: Int

    /// The same again is as large.
    public var failureClass: FailureClass { .permanent }

    /// By which reason what was to become of it is set aside.
    public var cause: RejectionCause { RejectionCause(OutboxRefusal.tooLarge) }

    /// What was too large, and by how much.
    public var description: String {
        "a record of \(size) bytes for \(topic), key \(key ?? "none"), is larger than the \(limit) bytes it may have"
    }
}
