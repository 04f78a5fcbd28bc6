import Failures
import Messages

/// Why a message cannot be mapped, or a whole run cannot.
struct Unmappable: ExplainedFailure, Equatable, CustomStringConvertible {
    /// Fit for a log: no data of persons.
    let description: String
    /// How the run ends for it; `nil` when the message alone is at fault.
    let ending: RunAborted?
    /// By which reason the message goes to the dead letters.
    let cause: RejectionCause

    /// The data are at fault, or what the run asks for is no more.
    var failureClass: FailureClass { .permanent }

    /// The message alone is at fault.
    init(_ refusal: MapperRefusal, _ description: String) {
        self.description = description
        cause = RejectionCause(refusal)
        ending = nil
    }

    /// The run cannot be mapped.
    ///
    /// - Parameter reason: One sentence for administrators.
    init(endingRun reason: String, cause: RunEndCause?) {
        description = reason
        self.cause = RejectionCause(cause == .foreignTenant ? MapperRefusal.foreignTenant : .noRules)
        ending = RunAborted(outcome: .failed, reason: reason, cause: cause)
    }
}
