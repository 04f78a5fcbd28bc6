import Messages
import Postgres

/// Writes what the registry asks for into `fetcher.inbox`.
struct InboxStore: Sendable {
    /// What a command does to the inbox.
    enum Entry: Equatable, Sendable {
        case run(QueuedRun)
        case cancellation(RunID)
    }

    let database: Database

    /// Writes entries in their order, in one transaction. A run that is known already stays as it is, so that
    /// commands may come again.
    ///
    /// - Throws: `PostgresError`.
    func take(_ entries: [Entry]) async throws {
        guard !entries.isEmpty else { return }
        try await database.pipeline(entries.map(Self.statement))
    }

    private static func statement(_ entry: Entry) -> SQL {
        switch entry {
        case .run(let run):
            """
            insert into fetcher.inbox
                (run, idp, tenant, epoch, kind, is_dry_run, revision, requested_at, traceparent, basis)
            values (
                \(run.run.uuid), \(run.identityProvider.uuid), \(run.tenant.uuid), \(run.epoch.rawValue),
                \(run.kind.rawValue), \(run.isDryRun), \(run.revision.rawValue),
                \(run.requestedAt.millisecondsSince1970), \(run.trace.description), \(run.basis?.rawValue)
            )
            on conflict (run) do nothing
            """
        case .cancellation(let run):
            "update fetcher.inbox set is_cancelled = true where run = \(run.uuid) and state <> 'done'"
        }
    }
}
