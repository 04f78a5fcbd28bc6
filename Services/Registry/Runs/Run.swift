import Messages
import Traces

/// One synchronization of one identity provider.
struct Run: Sendable, Equatable {
    /// Where a run stands.
    enum State: String, Codable, Sendable {
        /// Waits for the active one to end.
        case waiting
        /// The fetcher was asked for it.
        case requested
        /// The fetcher or the writer has told of progress.
        case running
        /// It is over.
        case finished
    }

    /// How far it has come.
    struct Progress: Codable, Sendable, Equatable {
        var departmentsExpected = 0
        var departmentsRead = 0
        var usersSeen = 0
        /// Pages that the fetcher has sent.
        var pages = 0
        /// Pages that the writer has applied.
        var pagesApplied = 0
    }

    var id: RunID
    var idpID: IdentityProviderID
    var tenant: TenantID
    var epoch: Epoch
    /// What it does.
    var work: RunWork
    /// Whether nothing is written to the directory.
    var isDryRun = false
    /// Whose plan it carries out, if it does.
    var plan: PlanReference?
    var cause: RunSync.Cause
    var state: State
    var outcome: RunOutcome?
    var reasons: [String] = []
    /// Why it ended other than by doing its work.
    var endCause: RunEndCause?
    var errorCode: Int?
    var counts = RunCounts()
    /// Fields that could not be taken; nil where they are not shown.
    var fieldReports: [FieldReport]? = []
    var progress = Progress()
    var requestedAt: Timestamp
    var startedAt: Timestamp?
    var finishedAt: Timestamp?
    /// When it was asked to end while it was active.
    var cancelRequestedAt: Timestamp?
    /// The span that started it, of which all that is done for it is a part.
    var trace: TraceContext?
    /// How often the same was asked for in a row, this time included.
    var attempt = 1
    /// The run that was started in its place, or to confirm it.
    var restartedAs: RunID?

    /// Its kind, as messages call it.
    var kind: RunSync.Kind { work.kind }

    /// Whether the fetcher was asked for it and it is not over.
    var isActive: Bool { state == .requested || state == .running }

    /// Whether it is a replay that nobody holds yet, so that nothing of it is told: whoever is about to tell it looks first
    /// whether it is over.
    var isUntold: Bool { kind == .replay && state == .requested }
}

extension Run {
    /// The same run as lists show it.
    var withoutReports: Run {
        var run = self
        run.fieldReports = nil
        return run
    }
}
