import Postgres

/// `verifier.used_tickets`: what travelled and was used, so that of all instances and all who show the same one exactly
/// one is served.
///
/// A row is written only for who comes back from WeCom with what was begun in the same browser or program, and whose
/// address has not tried too often.
struct UsedTickets: Sendable {
    let database: Database

    /// Longer than anything that travels counts, whatever the clocks of the instances say.
    private static let lifetime: Int64 = 2 * CarriedRequest.lifetime

    /// Marks one as used.
    ///
    /// - Returns: Whether it was not before.
    func use(_ digest: [UInt8]) async throws -> Bool {
        try await !database.run(Self.insertion(digest)).isEmpty
    }

    /// The same within a transaction.
    static func use(_ digest: [UInt8], on connection: isolated Connection) throws -> Bool {
        try !connection.run(insertion(digest)).isEmpty
    }

    /// Whether it was used.
    func contains(_ digest: [UInt8]) async throws -> Bool {
        try await !database.run("select from verifier.used_tickets where digest = \(digest)").isEmpty
    }

    private static func insertion(_ digest: [UInt8]) -> SQL {
        """
        insert into verifier.used_tickets (digest, expires_at)
        values (\(digest), now() + make_interval(secs => \(lifetime)))
        on conflict do nothing returning true
        """
    }
}
