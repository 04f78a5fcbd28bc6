import FoundationEssentials
import Messages
import Postgres

/// One reading of the topic for a rebuild of the principals; each begins with empty tables, so that nothing of one that
/// was broken off is taken for whole.
struct RebuildAttempt: Sendable {
    /// The rebuild.
    let id: UUID
    /// Counted from 1.
    let number: Int
    /// Whose people are rebuilt; everybody's where it is `nil`.
    let identityProvider: IdentityProviderID?
    /// Whether what was rebuilt takes the place of what is in use.
    let switches: Bool

    /// Another attempt has begun, or the rebuild was taken back: whoever is at this one ends without writing anything.
    struct Overtaken: Error, CustomStringConvertible {
        var description: String { "another attempt of the rebuild has begun, or it was taken back" }
    }

    /// Begins the next attempt, if there is something to rebuild.
    static func begin(on connection: isolated Connection) throws -> RebuildAttempt? {
        let rows = try connection.run(
            """
            update verifier.rebuild set attempt = attempt + 1 where done_at is null
            returning id, attempt, idp_id, switches
            """
        )
        guard let row = rows.first else { return nil }
        let (id, number, idp, switches) = try row.decode(UUID.self, Int.self, UUID?.self, Bool.self)
        try empty(on: connection)
        try connection.run("delete from verifier.rebuild_results")
        return RebuildAttempt(
            id: id,
            number: number,
            identityProvider: idp.map { IdentityProviderID($0) },
            switches: switches
        )
    }

    /// Keeps any other attempt from beginning until the transaction ends.
    ///
    /// - Throws: ``Overtaken``.
    func hold(on connection: isolated Connection) throws {
        let rows = try connection.run(
            """
            select 1 from verifier.rebuild
            where id = \(id) and attempt = \(number) and done_at is null for share
            """
        )
        guard !rows.isEmpty else { throw Overtaken() }
    }

    /// Ends the rebuild; what was read for it goes, what came of it stays.
    ///
    /// - Parameter trouble: Why it came to nothing, if so.
    func finish(trouble: String? = nil, on connection: isolated Connection) throws {
        let rows = try connection.run(
            """
            update verifier.rebuild set done_at = now(), trouble = \(trouble)
            where id = \(id) and attempt = \(number) and done_at is null returning 1
            """
        )
        // What is there otherwise is another attempt's.
        guard !rows.isEmpty else { return }
        // Waits for nobody but late ones, who find themselves overtaken.
        try Self.empty(on: connection)
    }

    /// Empties the tables that are rebuilt.
    static func empty(on connection: isolated Connection) throws {
        try connection.run(
            "truncate verifier.rebuilt_principals, verifier.rebuilt_projection, verifier.rebuilt_incarnations"
        )
    }
}
