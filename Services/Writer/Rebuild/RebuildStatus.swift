import FoundationEssentials
import Messages
import Postgres

/// How far a rebuild of the directory is, or what the last one came to.
struct RebuildStatus: Encodable, Sendable {
    /// Whose directory is rebuilt; everybody's where it is absent.
    var identityProvider: IdentityProviderID?
    /// Whether what is rebuilt takes the place of what is in use.
    var switches: Bool
    /// How many times it was begun; 0 before the first time.
    var attempt: Int
    var requestedAt: Timestamp
    /// Since when it is over; absent while it is under way.
    var doneAt: Timestamp?
    /// Why it came to nothing, or, while it is under way, why the attempt before did.
    var trouble: String?
    /// How many identity providers came to which outcome.
    var outcomes: [String: Int]
    /// Those that are not equal, the first hundred.
    var results: [RebuildResult]
}

extension DirectoryRebuild {
    private static let resultsAtMost = 100

    /// - Returns: `nil` where none was ever asked for.
    func status() async throws -> RebuildStatus? {
        let rows = try await database.run(
            """
            select idp_id, switches, attempt, (extract(epoch from requested_at) * 1000)::bigint,
                (extract(epoch from done_at) * 1000)::bigint, trouble
            from directory.rebuild
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
        let rows = try await database.run("select outcome, count(*) from directory.rebuild_results group by outcome")
        return try rows.reduce(into: [:]) { counts, row in
            let (outcome, count) = try row.decode(String.self, Int.self)
            counts[outcome] = count
        }
    }

    private func results() async throws -> [RebuildResult] {
        let rows = try await database.run(
            """
            select result::text from directory.rebuild_results where outcome <> \(RebuildResult.Outcome.equal.rawValue)
            order by idp_id limit \(Self.resultsAtMost)
            """
        )
        return try rows.map { row in
            let text = try row.decode(String.self)
            return try JSONDecoder().decode(RebuildResult.self, from: Data(text.utf8))
        }
    }
}
