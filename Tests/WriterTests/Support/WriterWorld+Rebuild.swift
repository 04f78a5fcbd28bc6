import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Rebuild
@testable import Writer

extension WriterWorld {
    var rebuild: Rebuilding<DirectoryRebuild> {
        Rebuilding(
            DirectoryRebuild(
                database: database,
                rebuilt: rebuilt,
                namespace: .none,
                historyDays: 180,
                logger: Broker.quiet,
                nudge: {}
            ),
            settings: StageSettings(kafka: [:]),
            logger: Broker.quiet
        )
    }

    /// The first attempt of a rebuild of everybody's directory.
    func beginRebuild(switching: Bool = false) async throws -> RebuildAttempt {
        try await rebuild.begin(RebuildWish(switches: switching))
        return try await beginAttempt()
    }

    /// The next attempt of the rebuild that is under way.
    func beginAttempt() async throws -> RebuildAttempt {
        let begun = try await rebuild.begin()
        let attempt = try #require(begun)
        try await rebuild.prepare(attempt)
        return attempt
    }

    /// Where the attempt reads the topic into.
    func rebuiltDirectory(_ attempt: RebuildAttempt) -> RebuiltDirectory {
        rebuild.subject.tables(for: attempt)
    }

    /// Rebuilds all that can be from these records, and says what came of it.
    func rebuildAll(_ records: [Record], switching: Bool = false, by size: Int = 100) async throws
        -> RebuildStatus<DirectoryComparison>
    {
        let attempt = try await beginRebuild(switching: switching)
        var directory = rebuiltDirectory(attempt)
        for start in stride(from: 0, to: records.count, by: size) {
            try await directory.take(Array(records[start..<min(start + size, records.count)]))
        }
        for id in try await rebuild.identityProviders(of: attempt).sorted() {
            _ = try await rebuild.settle(id, from: directory, for: attempt)
        }
        try await rebuild.finish(attempt)
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
