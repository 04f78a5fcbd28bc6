import FoundationEssentials
import Messages
import Postgres

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
    var kind: RunSync.Kind
    var cause: RunSync.Cause
    var state: State
    var outcome: RunOutcome?
    var reasons: [String] = []
    /// Why it ended other than by doing its work.
    var endCause: RunEndCause?
    var errorCode: Int?
    var counts = RunCounts()
    var progress = Progress()
    var requestedAt: Timestamp
    var startedAt: Timestamp?
    var finishedAt: Timestamp?
    /// How often the same was asked for in a row, this time included.
    var attempt = 1
    /// The run that was started at once in its place.
    var restartedAs: RunID?

    /// Whether the fetcher was asked for it and it is not over.
    var isActive: Bool { state == .requested || state == .running }
}

extension Run: Encodable {
    private enum CodingKeys: CodingKey {
        case id, idpID, epoch, kind, cause, state, outcome, reasons, endCause, errorCode, counts, progress
        case requestedAt, startedAt, finishedAt, restartedAs
    }
}

extension Run {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, idp, tenant, epoch, kind, cause, state, outcome, reasons, end_cause, error_code, counts,
        departments_expected, departments_read, users_seen, pages, pages_applied,
        \(time: "requested_at"), \(time: "started_at"), \(time: "finished_at"),
        attempt, restarted_as
        """

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        (
            id, idpID, tenant, epoch, kind, cause, state, outcome, reasons, endCause, errorCode, counts,
            progress.departmentsExpected, progress.departmentsRead, progress.usersSeen, progress.pages,
            progress.pagesApplied, requestedAt, startedAt, finishedAt, attempt,
            restartedAs
        ) = try row.decode(
            RunID.self,
            IdentityProviderID.self,
            TenantID.self,
            Epoch.self,
            RunSync.Kind.self,
            RunSync.Cause.self,
            State.self,
            RunOutcome?.self,
            [String].self,
            RunEndCause?.self,
            Int?.self,
            RunCounts.self,
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            Timestamp.self,
            Timestamp?.self,
            Timestamp?.self,
            Int.self,
            RunID?.self
        )
    }
}

extension Run.State: PostgresDecodable, PostgresEncodable {}
