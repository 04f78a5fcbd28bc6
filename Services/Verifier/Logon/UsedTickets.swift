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

    /// Marks one as used, unless a condition holds; all in one round trip.
    ///
    /// - Parameters:
    ///   - obstacle: Finds rows where nothing shall be written.
    ///   - further: What is read besides.
    /// - Returns: Whether it was not used before, the rows of the obstacle, and those of what is read besides.
    func use(
        _ digest: [UInt8],
        unless obstacle: SQL,
        reading further: SQL?
    ) async throws -> (isNew: Bool, obstacle: [Row], further: [Row]) {
        let use: SQL = """
            insert into verifier.used_tickets (digest, expires_at)
            select \(digest)::bytea, now() + make_interval(secs => \(Self.lifetime))
            where not exists (\(obstacle)) on conflict do nothing returning true
            """
        // Within a transaction it is the same minute for both, in which counters only grow.
        let answers = try await database.pipeline([use, obstacle] + (further.map { [$0] } ?? []))
        return (!answers[0].isEmpty, answers[1], answers.count > 2 ? answers[2] : [])
    }

    /// Whether it was used.
    func contains(_ digest: [UInt8]) async throws -> Bool {
        try await !database.run(Self.find(digest)).isEmpty
    }

    /// The statement of ``contains(_:)``: a row where it was.
    static func find(_ digest: [UInt8]) -> SQL { "select 1 from verifier.used_tickets where digest = \(digest)" }

    /// Marks one as used; no row where it was before.
    static func use(_ digest: [UInt8]) -> SQL {
        """
        insert into verifier.used_tickets (digest, expires_at)
        values (\(digest), now() + make_interval(secs => \(lifetime)))
        on conflict do nothing returning true
        """
    }
}
