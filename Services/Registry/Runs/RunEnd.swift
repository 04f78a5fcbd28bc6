import Messages

/// How a run ends.
struct RunEnd: Sendable {
    var run: RunID
    var idpID: IdentityProviderID
    var outcome: RunOutcome
    var reasons: [String] = []
    /// Why it ended other than by doing its work.
    var cause: RunEndCause?
    var errorCode: Int?
    var counts = RunCounts()
    /// Fields that could not be taken.
    var fieldReports: [FieldReport] = []
    /// The highest epoch of the identity provider that the teller knows.
    var currentEpoch = Epoch(rawValue: 0)
    /// Whether the next run can go on from it.
    var isBasis = false
    /// How many people and departments somebody has to decide about, whichever run held them.
    var stillHeld: Int?
    /// When it was over, as the teller says; nil for now.
    var at: Timestamp?

    /// Whether the same has to be asked for anew: what kept the run from its work is no more by then; and a deletion is
    /// never given up.
    func calls(forAnother run: Run) -> Bool {
        if run.kind == .replay { return false }
        return switch cause {
        case .mappingChanged, .epochPassed, .epochTaken: true
        case .overtaken, .deleted, .foreignTenant, .confirmationNeeded, .planDiffers, .planExpired: false
        case .unreadable, .unanswered, nil:
            run.kind == .delete && (outcome == .failed || outcome == .cancelled)
        }
    }
}
