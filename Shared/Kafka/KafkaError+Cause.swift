public import Failures

/// Why the brokers refuse a record for good.
public enum BrokerRefusal: String, RejectionReason {
    /// The record itself.
    case refusedByBrokers = "refused-by-brokers"

    /// What is wrong and what mends it.
    public var sentence: String {
        "The brokers refuse what became of the record, mostly for its size; raise message.max.bytes, then redrive."
    }
}

extension KafkaError: ExplainedFailure {
    /// Meant where ``failureClass`` is permanent.
    public var cause: RejectionCause { RejectionCause(BrokerRefusal.refusedByBrokers) }
}
