import FoundationEssentials
import Messages
import Postgres

extension Rebuilding {
    /// How far a rebuild is, or what the last one came to.
    ///
    /// - Returns: `nil` where none was ever asked for.
    /// - Throws: `PostgresError`.
    public func status() async throws -> RebuildStatus<Subject.Comparison>? {
        let rows = try await subject.database.run(
            """
            select idp_id, switches, attempt, (extract(epoch from requested_at) * 1000)::bigint,
                (extract(epoch from done_at) * 1000)::bigint, trouble
            from \(schema.rebuild)
            """
        )
        guard let row = rows.first else { return nil }
        let (idp, switches, attempt, requested, done, trouble) = try row.decode(
            UUID?.self,
            Bool.self,
            Int.self,
            Int64.self,
            Int64?.self,
            String?.self
        )
        return RebuildStatus(
            identityProvider: idp.map { IdentityProviderID($0) },
            switches: switches,
            attempt: attempt,
            requestedAt: Timestamp(millisecondsSince1970: requested),
            doneAt: done.map { Timestamp(millisecondsSince1970: $0) },
            trouble: trouble,
            outcomes: try await outcomes(),
            results: try await results()
        )
    }

    private func outcomes() async throws -> [String: Int] {
        let rows = try await subject.database.run("select outcome, count(*) from \(schema.results) group by outcome")
        return try rows.reduce(into: [:]) { counts, row in
            let (outcome, count) = try row.decode(String.self, Int.self)
            counts[outcome] = count
        }
    }

    /// Those that are not equal, the first hundred.
    private func results() async throws -> [RebuildResult<Subject.Comparison>] {
        let rows = try await subject.database.run(
            """
            select result::text from \(schema.results) where outcome <> \(RebuildOutcome.equal.rawValue)
            order by idp_id limit 100
            """
        )
        return try rows.map { row in
            let text = try row.decode(String.self)
            return try JSONDecoder().decode(RebuildResult<Subject.Comparison>.self, from: Data(text.utf8))
        }
    }
}
