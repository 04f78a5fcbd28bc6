import Failures
import Kafka
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ProgressTests {
    private static func fetched(_ pages: Int, read: Int = 0, expected: Int = 10, users: Int = 0) -> StageProgress {
        StageProgress(
            stage: .fetcher,
            pages: pages,
            departmentsRead: read,
            departmentsExpected: expected,
            usersSeen: users
        )
    }

    @Test("a run runs from the first word of it, and shows how far it has come")
    func progress() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.deliver([
                try await registry.record(Self.fetched(3, read: 2, users: 40), of: run),
                try await registry.record(StageProgress(stage: .writer, pages: 1), of: run),
                try await registry.record(Self.fetched(5, read: 4, users: 80), of: run),
            ])
            let seen = try await registry.run(run)
            #expect(seen["state"] == "running")
            #expect(seen["startedAt"] != .null)
            #expect(
                seen["progress"] == [
                    "departmentsExpected": 10, "departmentsRead": 4, "usersSeen": 80, "pages": 5, "pagesApplied": 1,
                ]
            )
        }
    }

    @Test("what the database refuses for good goes to the dead letters, and all else that came with it is stored")
    func refused() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let other = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.database.run("alter table registry.runs add constraint odd check (pages <> 13)")
            let bad = try await registry.record(Self.fetched(13, read: 2), of: run)
            let rejections = try await registry.deliver([
                bad, try await registry.record(StageProgress(stage: .writer, pages: 1), of: run),
                try await registry.record(Self.fetched(5, read: 4), of: other),
            ])
            #expect(rejections.map(\.record.value) == [bad.value])
            #expect(rejections.map(\.cause.code) == ["refused-by-database"])
            #expect(try await registry.run(run)["progress"]["pagesApplied"] == 1)
            #expect(try await registry.run(other)["progress"]["pages"] == 5)
        }
    }

    @Test("what is told again or late takes nothing back; a new holder counts from its own start")
    func order() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.deliver([try await registry.record(Self.fetched(9, read: 5), of: run)])
            try await registry.deliver([try await registry.record(Self.fetched(4, read: 2), of: run)])
            #expect(try await registry.run(run)["progress"]["pages"] == 9)
            try await registry.deliver([try await registry.record(Self.fetched(1, read: 5), of: run, fence: 2)])
            #expect(try await registry.run(run)["progress"]["pages"] == 1)
            try await registry.deliver([try await registry.record(Self.fetched(20, read: 9), of: run, fence: 1)])
            #expect(try await registry.run(run)["progress"]["pages"] == 1)
        }
    }

    @Test("progress waits for nobody who has something to do with the identity provider, who may wait for its runs")
    func storedMeanwhile() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            let (locked, lock) = AsyncStream.makeStream(of: Void.self)
            async let isSeen = registry.database.transaction { connection in
                _ = try IdentityProviderStore.lock(id, on: connection)
                lock.finish()
                // Holds the lock until the progress is there, for ten seconds at most.
                for _ in 0..<200 {
                    let rows = try connection.run(
                        "select exists (select from registry.runs where idp = \(id) and pages = 3), pg_sleep(0.05)::text"
                    )
                    if try rows[0].decode(Bool.self, String?.self).0 { return true }
                }
                return false
            }
            for await _ in locked {}
            try await registry.deliver([
                try await registry.record(StageProgress(stage: .writer, pages: 1), of: run),
                try await registry.record(Self.fetched(3, read: 2, users: 40), of: run),
            ])
            #expect(try await isSeen)
        }
    }

    @Test("a run that is over keeps its outcome, its counts and its reasons")
    func finished() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            var counts = RunCounts()
            (counts.users.seen, counts.users.created, counts.users.rejected) = (10, 9, 1)
            let message = RunFinished(
                outcome: .partial,
                counts: counts,
                reasons: ["one record was rejected", "a \"quoted\" one, with comma"],
                cause: .unreadable,
                errorCode: 60_011,
                currentEpoch: Epoch(rawValue: 1),
                finishedAt: .now
            )
            try await registry.deliver([try await registry.record(message, of: run)])
            let seen = try await registry.run(run)
            #expect(seen["state"] == "finished")
            #expect(seen["outcome"] == "partial")
            #expect(seen["endCause"] == "unreadable")
            #expect(seen["errorCode"] == 60_011)
            #expect(seen["reasons"] == ["one record was rejected", "a \"quoted\" one, with comma"])
            #expect(seen["counts"]["users"]["created"] == 9)
            #expect(seen["finishedAt"].string == message.finishedAt.description)
        }
    }

    @Test("reading everything again leaves the registry as it was, byte for byte")
    func replay() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let first = try await registry.startRun(id)
            let second = try await registry.startRun(id)
            var log: [Record] = []
            for (run, users) in [(first, 10), (second, 12)] {
                log.append(try await registry.record(Self.fetched(3, read: 3, users: users), of: run))
                log.append(try await registry.record(StageProgress(stage: .writer, pages: 3), of: run))
                let finished = TestRegistry.end(of: run)
                log.append(try await registry.record(finished, of: run))
            }
            for record in log { try await registry.deliver([record]) }
            let before = try await registry.contents()
            let commands = try await registry.count("outbox")
            for size in [1, 2, 3, 6] {
                for start in stride(from: 0, to: log.count, by: size) {
                    try await registry.deliver(Array(log[start..<min(start + size, log.count)]))
                }
            }
            #expect(try await registry.contents() == before)
            #expect(try await registry.count("outbox") == commands)
        }
    }

    @Test("news under another tenant's name change nothing")
    func foreignTenant() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let finished = TestRegistry.end(of: run, .failed)
            let other = TenantID.make()
            try await registry.deliver([
                try await registry.record(Self.fetched(1), of: run, tenant: other),
                try await registry.record(finished, of: run, tenant: other),
            ])
            #expect(try await registry.run(run)["state"] == "requested")
        }
    }

    @Test("news of a run that is not known are passed over")
    func unknownRun() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            guard case .object(var fields) = run else { return }
            fields["id"] = .string(RunID.make().description)
            let finished = TestRegistry.end(of: run, .failed)
            let rejected = try await registry.deliver([try await registry.record(finished, of: .object(fields))])
            #expect(rejected.isEmpty)
        }
    }

    @Test("what cannot be read is told from what can, and the rest is handled")
    func undecodable() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let good = try await registry.record(Self.fetched(7), of: run)
            let bare = Record(position: Position(topic: "t", partition: 0, offset: 1), key: nil, value: [1])
            let rejected = try await registry.deliver([bare, good])
            #expect(rejected.map(\.record.position.offset) == [1])
            #expect(try await registry.run(run)["progress"]["pages"] == 7)
            for value in [nil, [], Array("{}".utf8)] as [[UInt8]?] {
                let bad = Record(
                    position: Position(topic: "t", partition: 0, offset: 2),
                    key: good.key,
                    value: value,
                    headers: good.headers
                )
                #expect(try await registry.deliver([bad]).count == 1)
            }
        }
    }

    @Test("a kind of message that the topic should not carry goes to the dead letters")
    func unknownKind() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let id = try #require(run["id"].string.flatMap { RunID($0) })
            let record = try await registry.record(CancelRun(run: id, epoch: Epoch(rawValue: 1)), of: run)
            #expect(try await registry.deliver([record]).count == 1)
        }
    }
}
