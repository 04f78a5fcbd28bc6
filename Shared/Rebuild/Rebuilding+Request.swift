import FoundationEssentials
import Logging
import Messages
import Postgres
import Runtime

extension Rebuilding {
    /// Has a rebuild begun, in the background.
    ///
    /// - Throws: `Problem` 409 while another one is under way; `PostgresError`.
    public func begin(_ wish: RebuildWish) async throws {
        let schema = schema
        let isBegun = try await subject.database.transaction { connection in
            let begun = try connection.run(
                """
                insert into \(schema.rebuild) as known (id, idp_id, switches)
                values (\(UUID()), \(wish.identityProvider?.uuid), \(wish.switches))
                on conflict (is_only) do update set id = excluded.id, idp_id = excluded.idp_id,
                    switches = excluded.switches, attempt = 0, failures = 0, requested_at = now(), done_at = null, trouble = null
                where known.done_at is not null
                returning 1
                """
            )
            // What the one before came to is not taken for what this one does.
            if !begun.isEmpty { try connection.run("delete from \(schema.results)") }
            return !begun.isEmpty
        }
        guard isBegun else {
            throw Problem.conflict(
                "rebuild-under-way",
                subject.sentences.underWay,
                fix: "Wait until that is done, or take it back."
            )
        }
        logger.notice("a rebuild was asked for", metadata: ["switched": "\(wish.switches)"])
    }

    /// Takes back a rebuild that is under way; what it has read goes, and identity providers that it has switched stay so.
    ///
    /// - Throws: `PostgresError`.
    public func takeBack() async throws {
        for _ in 1..<Self.attempts {
            do {
                return try await takeBackOnce()
            } catch let error as PostgresError where error.code == .deadlockDetected {
                // The rebuild itself came the other way through the tables that are emptied, and goes on now.
            }
        }
        try await takeBackOnce()
    }

    /// How often it is tried where the rebuild is in the way.
    private static var attempts: Int { 5 }

    private func takeBackOnce() async throws {
        let (subject, schema) = (subject, schema)
        try await subject.database.transaction { connection in
            let rows = try connection.run(
                """
                update \(schema.rebuild) set done_at = now(), trouble = 'it was taken back' where done_at is null
                returning 1
                """
            )
            if !rows.isEmpty { try subject.emptyTables(on: connection) }
        }
    }
}
