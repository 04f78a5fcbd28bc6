import FoundationEssentials
import Messages
import Postgres
import Traces

extension Run {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, idp, tenant, epoch, kind, target, selection, is_dry_run, plan_run, plan_epoch, cause, state, outcome, reasons, end_cause,
        error_code, counts, field_reports, departments_expected, departments_read, users_seen, pages, pages_applied,
        \(time: "requested_at"), \(time: "started_at"), \(time: "finished_at"),
        \(time: "cancelled_at"),
        attempt, restarted_as, traceparent
        """

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let (kind, target, selection): (RunSync.Kind, RunTarget?, HeldSelection?)
        let (planRun, planEpoch): (RunID?, Epoch?)
        let traceparent: String?
        (
            id, idpID, tenant, epoch, kind, target, selection, isDryRun, planRun, planEpoch, cause, state, outcome,
            reasons, endCause,
            errorCode,
            counts, fieldReports,
            progress.departmentsExpected, progress.departmentsRead, progress.usersSeen, progress.pages,
            progress.pagesApplied, requestedAt, startedAt, finishedAt,
            cancelRequestedAt, attempt, restartedAs, traceparent
        ) = try row.decode(
            RunID.self,
            IdentityProviderID.self,
            TenantID.self,
            Epoch.self,
            RunSync.Kind.self,
            RunTarget?.self,
            HeldSelection?.self,
            Bool.self,
            RunID?.self,
            Epoch?.self,
            RunSync.Cause.self,
            State.self,
            RunOutcome?.self,
            [String].self,
            RunEndCause?.self,
            Int?.self,
            RunCounts.self,
            [FieldReport].self,
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            Timestamp.self,
            Timestamp?.self,
            Timestamp?.self,
            Timestamp?.self,
            Int.self,
            RunID?.self,
            String?.self
        )
        trace = traceparent.flatMap(TraceContext.init(_:))
        guard let work = RunWork(kind, target, selection) else {
            throw StoredDataError(what: "a run of kind \(kind.rawValue)")
        }
        self.work = work
        plan = planRun.flatMap { run in planEpoch.map { PlanReference(run: run, epoch: $0) } }
    }
}

extension Run.State: PostgresDecodable, PostgresEncodable {}
