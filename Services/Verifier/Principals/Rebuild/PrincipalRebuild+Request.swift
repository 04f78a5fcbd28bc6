import FoundationEssentials
import Logging
import Messages
import Postgres
import Runtime

extension PrincipalRebuild {
    /// What somebody asks for.
    struct Wish: Equatable, Sendable {
        /// Whose people; `nil` for everybody's.
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
                insert into verifier.rebuild as known (id, idp_id, switches)
                values (\(UUID()), \(wish.identityProvider?.uuid), \(wish.switches))
                on conflict (is_only) do update set id = excluded.id, idp_id = excluded.idp_id,
                    switches = excluded.switches, attempt = 0, requested_at = now(), done_at = null, trouble = null
                where known.done_at is not null
                returning 1
                """
            )
            // What the one before came to is not taken for what this one does.
            if !begun.isEmpty { try connection.run("delete from verifier.rebuild_results") }
            return !begun.isEmpty
        }
        guard isBegun else {
            throw Problem.conflict(
                "rebuild-under-way",
                "The principals are being rebuilt already.",
                fix: "Wait until that is done, or take it back."
            )
        }
        logger.notice("the principals are to be rebuilt", metadata: ["switched": "\(wish.switches)"])
    }

    /// Takes back a rebuild that is under way; what it has read goes, and identity providers that it has switched stay so.
    func takeBack() async throws {
        try await database.transaction { connection in
            let rows = try connection.run(
                """
                update verifier.rebuild set done_at = now(), trouble = 'it was taken back' where done_at is null
                returning 1
                """
            )
            if !rows.isEmpty { try RebuildAttempt.empty(on: connection) }
        }
    }
}

extension Rule where Value == IdentityProviderID {
    /// The id of an identity provider.
    fileprivate static var identityProvider: Rule<IdentityProviderID> {
        Rule<String>.text(1...64).then { text throws(Mistakes) in
            guard let id = IdentityProviderID(text) else { throw Mistakes("Give the id of an identity provider.") }
            return id
        }
    }
}
