import Messages
import PostgresTesting
import Testing

@testable import Registry

/// Which run a run may go on from: only one after which the directory holds exactly what it read.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(2)))
struct BasisTests {
    @Test("a first run has none; a run after one that succeeded goes on from it, a waiting one from the one before")
    func succeeded() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let first = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
            let waiting = try await registry.startRun(id)
            try await registry.finish(first)
            #expect(try await registry.lastCommand().run.description == waiting["id"].string)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 1))
            try await registry.finish(waiting)
            try await registry.finish(try await registry.startRun(id))
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == Epoch(rawValue: 3))
        }
    }

    @Test(
        "a run after one that ended otherwise has none, and neither has one before that",
        arguments: [RunOutcome.partial, .held, .failed, .cancelled, .skipped]
    )
    func otherwise(outcome: RunOutcome) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            try await registry.finish(try await registry.startRun(id), outcome)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }

    @Test("a run after one of which records were refused has none", arguments: [true, false])
    func rejected(users: Bool) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            var counts = RunCounts()
            if users { counts.users.rejected = 1 } else { counts.departments.rejected = 1 }
            let message = RunFinished(outcome: .succeeded, counts: counts, finishedAt: .now)
            let run = try await registry.startRun(id)
            try await registry.deliver([try await registry.record(message, of: run)])
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }

    @Test("neither a run of departments nor a run after one has any")
    func departments() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            try await registry.finish(try await registry.startRun(id))
            let structure = try await registry.send(.post, "idps/\(id)/runs", ["kind": "departments"])
            #expect(try await registry.lastCommand().basis == nil)
            try await registry.finish(structure.json)
            _ = try await registry.startRun(id)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }

    @Test("another identity provider's runs are no basis")
    func others() async throws {
        try await withRegistry { registry in
            let (one, other) = (try await registry.makeConnectedProvider(), try await registry.makeConnectedProvider())
            try await registry.finish(try await registry.startRun(one))
            try await registry.finish(try await registry.startRun(one))
            _ = try await registry.startRun(other)
            #expect(try await registry.lastCommand().basis == nil)
        }
    }
}

extension TestRegistry {
    fileprivate func lastCommand() async throws -> RunSync {
        try #require(try await published(TopicCatalogue.commands).last).decode(RunSync.self)
    }
}
