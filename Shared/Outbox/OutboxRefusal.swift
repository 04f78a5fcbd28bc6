public import Failures

/// Why what is to be told of a record can never be.
public enum OutboxRefusal: String, RejectionReason {
    /// It would be larger than a message can be.
    case tooLarge = "too-large"

    /// What is wrong and what mends it.
    public var sentence: String {
        "What is to be told of it is larger than a message can be: shorten what was entered or edit it, then redrive."
    }
}
