import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Writer

extension WriterWorld {
    var rebuild: DirectoryRebuild {
        DirectoryRebuild(
            database: database,
            rebuilt: rebuilt,
            settings: StageSettings(kafka: [:]),
            historyDays: 180,
            logger: Broker.quiet,
            nudge: {}
        )
    }

    /// The first attempt of a rebuild of everybody's directory.
    func beginRebuild(switching: Bool = false) async throws -> RebuildAttempt {
        try await rebuild.begin(DirectoryRebuild.Wish(switches: switching))
        try await RebuiltDirectory.makeTables(in: rebuilt)
        let begun = try await database.transaction { try RebuildAttempt.begin(on: $0) }
        return try #require(begun)
    }

    /// Where the attempt reads the topic into.
    func rebuiltDirectory(_ attempt: RebuildAttempt) -> RebuiltDirectory {
        RebuiltDirectory(attempt, in: rebuilt, namespace: .none, historyDays: 180, logger: Broker.quiet)
    }

    func settling(_ attempt: RebuildAttempt) -> RebuildSettling {
        RebuildSettling(database: database, attempt: attempt, nudge: {})
    }

    /// Rebuilds all that can be from these records, and says what came of it.
    func rebuildAll(_ records: [Record], switching: Bool = false, by size: Int = 100) async throws -> RebuildStatus {
        let attempt = try await beginRebuild(switching: switching)
        var directory = rebuiltDirectory(attempt)
        for start in stride(from: 0, to: records.count, by: size) {
            try await directory.take(Array(records[start..<min(start + size, records.count)]))
        }
        let side = settling(attempt)
        for id in try await side.identityProviders().sorted() {
            _ = try await side.settle(id, isTrimmed: directory.trimmed.contains(id))
        }
        try await database.transaction { try attempt.finish(on: $0) }
        let status = try await rebuild.status()
        return try #require(status)
    }

    /// People, memberships and departments in use, but for when they were written last.
    func directoryRows() async throws -> [String] {
        try await strings(
            """
            select (to_jsonb(u) - 'updated_at')::text from directory.users u
            union all select to_jsonb(m)::text from directory.memberships m
            union all select (to_jsonb(d) - 'updated_at')::text from directory.departments d order by 1
            """
        )
    }
}
