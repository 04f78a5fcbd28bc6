public import Failures

/// Why a stage of any service cannot read a record, or handle it for a reason that it does not name itself.
public enum ReadingRefusal: String, RejectionReason {
    /// Its headers are no envelope.
    case noEnvelope = "no-envelope"
    /// It has no value.
    case noValue = "no-value"
    /// Its type or major version is not known to the reader.
    case unknownType = "unknown-type"
    /// Its value is not of the form that its type has.
    case notOfItsForm = "not-of-its-form"
    /// Handling it failed for good in another way.
    case failedForGood = "failed-for-good"

    /// What is wrong and what mends it.
    public var sentence: String {
        switch self {
        case .noEnvelope:
            "A header that every message has is missing or not of its form: whoever wrote it has to be mended; discard it."
        case .noValue: "There is no value, which no message of this topic is without: discard it."
        case .unknownType:
            "The reader does not know messages of this type or major version: upgrade the reader, then redrive."
        case .notOfItsForm:
            "The value is not of the form that its type has: upgrade the reader if it is newer, else edit or discard it."
        case .failedForGood: "Handling it failed in a way that does not pass: see the text, mend that, then redrive."
        }
    }
}
