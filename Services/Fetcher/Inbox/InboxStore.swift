import Failures
import FoundationEssentials
import Messages
import Postgres
import Traces

/// Writes what the registry asks for into `fetcher.inbox`.
struct InboxStore: Sendable {
    /// What a command does to the inbox.
    enum Entry: Equatable, Sendable {
        case run(QueuedRun)
        case cancellation(RunID)
        case errand(Errand)

        /// The identity provider whose runs it overtakes.
        fileprivate var deleted: IdentityProviderID? {
            if case .run(let run) = self, run.kind == .delete { run.identityProvider } else { nil }
        }
    }

    let database: Database

    /// Writes entries in their order, in one transaction. A run that is known already stays as it is, so that
    /// commands may come again.
    ///
    /// - Returns: The answers to runs that are not taken, as their epochs are behind.
    /// - Throws: `PostgresError`.
    @discardableResult
    func take(_ entries: [Entry]) async throws -> [RunEnd] {
        guard !entries.isEmpty else { return [] }
        return try await database.transaction { connection in
            try Self.lock(entries, on: connection)
            return try Self.take(entries[...], on: connection)
        }
    }

    /// As ``take(_:)``, but for entries that the database refuses for good: however many these are, the others come into
    /// the inbox in one transaction.
    ///
    /// - Returns: The answers, and those that are refused, by their places.
    func takeUnlessRefused(
        _ entries: [Entry]
    ) async throws -> (ends: [RunEnd], refused: [(place: Int, error: any Error)]) {
        do {
            let ends = try await take(entries)
            return (ends: ends, refused: [])
        } catch  where FailureClass(of: error) == .permanent {
            let sifted = try await database.transaction { connection -> Sifted<[RunEnd]> in
                try Self.lock(entries, on: connection)
                return try connection.sift(entries) { part, connection in try Self.take(part, on: connection) }
            }
            return (ends: sifted.values.flatMap(\.self), refused: sifted.refused)
        }
    }

    /// Rows of the inbox are locked before leases, as claims do, so that neither waits for the other for ever.
    private static func lock(_ entries: [Entry], on connection: isolated Connection) throws {
        let deleted = entries.compactMap(\.deleted)
        guard !deleted.isEmpty else { return }
        try connection.run(
            """
            select from fetcher.inbox
            where idp = any(\(deleted.map(\.uuid))::uuid[]) and state in ('queued', 'claimed')
            order by run for update
            """
        )
        try connection.run(ErrandIntake.lock(of: deleted))
    }

    private static func take(_ entries: ArraySlice<Entry>, on connection: isolated Connection) throws -> [RunEnd] {
        try entries.compactMap { entry in
            switch entry {
            case .run(let run): return try take(run, on: connection)
            case .cancellation(let run):
                try connection.run(cancellation(run))
                try connection.run(ErrandIntake.cancellation(run))
                return nil
            case .errand(let errand):
                try connection.run(try ErrandIntake.insertion(of: errand))
                return nil
            }
        }
    }

    private static func take(_ run: QueuedRun, on connection: isolated Connection) throws -> RunEnd? {
        guard try connection.run("select from fetcher.inbox where run = \(run.run.uuid)").isEmpty else { return nil }
        guard try !connection.run(newEpoch(of: run)).isEmpty else { return try refusal(of: run, on: connection) }
        if run.kind == .delete {
            for statement in try overtaking(by: run) + ErrandIntake.overtaking(by: run) {
                try connection.run(statement)
            }
        }
        try connection.run(try insertion(of: run))
        return nil
    }

    /// Keeps the highest epoch of each identity provider, for ever.
    private static func newEpoch(of run: QueuedRun) -> SQL {
        """
        insert into fetcher.leases as l (idp, fence, expires_at, epoch, epoch_run)
        values (\(run.identityProvider.uuid), 0, now(), \(run.epoch.rawValue), \(run.run.uuid))
        on conflict (idp) do update set epoch = excluded.epoch, epoch_run = excluded.epoch_run
        where l.epoch < excluded.epoch
        returning l.epoch
        """
    }

    private static func refusal(of run: QueuedRun, on connection: isolated Connection) throws -> RunEnd? {
        let rows = try connection.run(
            "select epoch, epoch_run from fetcher.leases where idp = \(run.identityProvider.uuid)"
        )
        guard let (known, holder) = try rows.first?.decode(Int64.self, UUID.self) else { return nil }
        // The same command once more, so late that its row is gone.
        if holder == run.run.uuid { return nil }
        let isTaken = known == run.epoch.rawValue
        return RunEnd(
            subject: run.subject,
            failure: RunFailure(
                .failed,
                isTaken
                    ? "Another run has the number \(run.epoch) already."
                    : "A newer run, number \(known), is known already.",
                cause: isTaken ? .epochTaken : .epochPassed
            )
        )
    }

    /// Ends all earlier runs of a deleted identity provider (architecture.md §3.7). One that was ever held may have
    /// begun with the writer, and is ended in the log by whoever works on the deletion; the others are answered. A
    /// lease is lost at once.
    private static func overtaking(by run: QueuedRun) throws -> [SQL] {
        let earlier: SQL = """
            idp = \(run.identityProvider.uuid) and tenant = \(run.tenant.uuid)
                and epoch < \(run.epoch.rawValue) and state in ('queued', 'claimed')
            """
        return [
            "update fetcher.inbox set state = 'overtaken' where \(earlier) and has_begun",
            """
            update fetcher.inbox set state = 'ended', not_before = now(), ending = \(try RunFailure.deleted.json)::jsonb
            where \(earlier)
            """,
            """
            update fetcher.leases set owner = null, run = null
            where idp = \(run.identityProvider.uuid) and run in (
                select run from fetcher.inbox where idp = \(run.identityProvider.uuid) and state = 'overtaken'
            )
            """,
        ]
    }

    private static func insertion(of run: QueuedRun) throws -> SQL {
        let terms = String(decoding: try MessageJSON.encoder.encode(run.terms), as: UTF8.self)
        let target = try run.target.map { String(decoding: try MessageJSON.encoder.encode($0), as: UTF8.self) }
        let selection = try run.selection.map { String(decoding: try MessageJSON.encoder.encode($0), as: UTF8.self) }
        return """
            insert into fetcher.inbox (
                run, idp, tenant, epoch, traceparent, kind, is_dry_run, terms, revision, cause, requested_at, target,
                selection, basis, plan
            )
            values (
                \(run.run.uuid), \(run.identityProvider.uuid), \(run.tenant.uuid), \(run.epoch.rawValue),
                \(run.subject.trace.description), \(run.kind.rawValue), \(run.isDryRun), \(terms)::jsonb,
                \(run.revision.rawValue), \(run.cause.rawValue), \(run.requestedAt.millisecondsSince1970),
                \(target), \(selection), \(run.basis?.rawValue), \(run.plan?.rawValue)
            )
            """
    }

    /// A deletion cannot be called back. Of a run that is done here the writer may still ask for somebody: the questions
    /// that are to come are cancelled, too.
    private static func cancellation(_ run: RunID) -> SQL {
        """
        update fetcher.inbox set is_cancelled = true, not_before = least(not_before, now())
        where run = \(run.uuid) and state in ('queued', 'claimed', 'done') and kind <> 'delete'
        """
    }
}

extension RunFailure {
    /// As the inbox keeps it.
    var json: String {
        get throws { String(decoding: try MessageJSON.encoder.encode(self), as: UTF8.self) }
    }
}
