import FoundationEssentials
import Logging
import Messages
import Postgres
import Runtime
import ServiceLifecycle

/// Writes down what the journal has noted of keys and administrators.
struct KeyJournalWriter: Service {
    let journal: KeyJournal
    let database: Database
    let logger: Logger

    private static let pause = Duration.seconds(5)

    /// Writes every few seconds until graceful shutdown, and once more then.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil { await writeOrKeep() }
        }
        await writeOrKeep()
    }

    private func writeOrKeep() async {
        do {
            try await write()
        } catch {
            logger.warning("what was noted of API keys cannot be written yet", metadata: ["error": "\(error)"])
        }
    }

    /// Writes all that is noted, or keeps it.
    func write() async throws {
        let notes = journal.take()
        guard !notes.uses.isEmpty || !notes.refusals.isEmpty else { return }
        do {
            try await database.transaction { connection in
                try Self.write(notes.uses, on: connection)
                for subject in notes.refusals.keys.sorted(by: { $0.text < $1.text }) {
                    guard let refusal = notes.refusals[subject] else { continue }
                    try Self.write(subject, refusal, on: connection)
                }
            }
        } catch {
            journal.putBack(notes)
            throw error
        }
    }

    /// A row is written once a minute at most.
    private static func write(_ uses: [UUID: Timestamp], on connection: isolated Connection) throws {
        let ids = uses.keys.sorted { $0.uuidString < $1.uuidString }
        for table: SQL in ["registry.api_keys", "registry.administrators"] {
            try connection.run(
                """
                update \(table) as known set last_used_at = used.at
                from unnest(\(ids)::uuid[], \(ids.compactMap { uses[$0] })::timestamptz[]) as used (id, at)
                where known.id = used.id
                    and (known.last_used_at is null or known.last_used_at < used.at - interval '1 minute')
                """
            )
        }
    }

    /// One entry a key or administrator, reason and hour, whose count grows.
    private static func write(
        _ subject: KeyJournal.Subject,
        _ refusal: KeyJournal.Refusal,
        on connection: isolated Connection
    ) throws {
        let actor = refusal.caller.actor
        let details: JSON = .object([
            "reason": .string(subject.reason.word), "count": .integer(Int64(refusal.count)),
            "lastAt": .string(refusal.lastAt.description),
            "attempts": .array(refusal.attempts.sorted().map { .string($0) }),
        ])
        try connection.run(
            """
            insert into registry.audit as entry
                (at, tenant, actor_kind, actor, actor_name, action, kind, object, details, refusal)
            values (\(refusal.firstAt), \(refusal.caller.tenant), \(actor.kind), \(actor.id), \(actor.name),
                'request.refused', \(actor.kind == .person ? "administrator" : "api-key"), \(subject.key), \(try details.text)::jsonb, \(subject.text))
            on conflict (refusal) do update set details = excluded.details || jsonb_build_object(
                'count', (entry.details ->> 'count')::bigint + (excluded.details ->> 'count')::bigint,
                'attempts', (
                    select jsonb_agg(distinct attempt)
                    from jsonb_array_elements((entry.details -> 'attempts') || (excluded.details -> 'attempts')) attempt
                )
            )
            """
        )
    }
}

extension KeyJournal.Subject {
    /// What an entry of the audit is found by.
    fileprivate var text: String { "\(key.uuidString.lowercased()) \(reason.word) \(hour)" }
}
