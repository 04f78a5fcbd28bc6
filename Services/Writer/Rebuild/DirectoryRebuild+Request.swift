import FoundationEssentials
import Logging
import Messages
import Postgres
import Runtime

extension DirectoryRebuild {
    /// What somebody asks for.
    struct Wish: Equatable, Sendable {
        /// Whose directory; `nil` for everybody's.
        var identityProvider: IdentityProviderID?
        /// Whether what is rebuilt takes the place of what is in use.
        var switches = false
    }

    /// The body of a request: `{"idp": "…", "switch": true}`, both of which may be left out.
    static let form: Rule<Wish> = Form.object { form throws(Mistakes) in
        Wish(
            identityProvider: form.optional("idp", .identityProvider),
            switches: form.optional("switch", .boolean) ?? false
        )
    }

    /// Has a rebuild begun, in the background.
    ///
    /// - Throws: `Problem` 409 while another one is under way; `PostgresError`.
    func begin(_ wish: Wish) async throws {
        let isBegun = try await database.transaction { connection in
            let begun = try connection.run(
                """
                insert into directory.rebuild as known (id, idp_id, switches)
                values (\(UUID()), \(wish.identityProvider?.uuid), \(wish.switches))
                on conflict (is_only) do update set id = excluded.id, idp_id = excluded.idp_id,
                    switches = excluded.switches, attempt = 0, requested_at = now(), done_at = null, trouble = null
                where known.done_at is not null
                returning 1
                """
            )
            // What the one before came to is not taken for what this one does.
            if !begun.isEmpty { try connection.run("delete from directory.rebuild_results") }
            return !begun.isEmpty
        }
        guard isBegun else {
            throw Problem.conflict(
                "rebuild-under-way",
                "The directory is being rebuilt already.",
                fix: "Wait until that is done, or take it back."
            )
        }
        logger.notice("the directory is to be rebuilt", metadata: ["switched": "\(wish.switches)"])
    }

    /// Takes back a rebuild that is under way; what it has read goes, and identity providers that it has switched stay so.
    func takeBack() async throws {
        try await database.transaction { connection in
            let rows = try connection.run(
                """
                update directory.rebuild set done_at = now(), trouble = 'it was taken back' where done_at is null
                returning 1
                """
            )
            if !rows.isEmpty { try RebuiltDirectory.empty(on: connection) }
        }
    }
}
