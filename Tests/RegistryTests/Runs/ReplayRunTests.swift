import Messages
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Runs that tell again, as far as the registry has a say in them; whoever tells them looks how they stand.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ReplayRunTests {
    @Test("a replay of which nothing is told is over as soon as it is cancelled, and the next run's turn comes")
    func untold() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let replay = try await registry.startReplay(id)
            #expect(replay["state"] == "requested")
            let waiting = try await registry.startRun(id)
            let cancelled = try await registry.send(.post, "runs/\(replay["id"].string ?? "")/cancel")
            #expect(cancelled.status == 202)
            #expect(cancelled["outcome"] == "cancelled")
            #expect(cancelled["reasons"] == ["Cancelled by bootstrap."])
            #expect(try await registry.run(waiting)["state"] == "requested")
        }
    }

    @Test("a replay that is told is asked to end by how it stands, and is over when the writer says so")
    func told() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let replay = try await registry.startReplay(id)
            let word = StageProgress(stage: .fetcher, pages: 3)
            try await registry.deliver([try await registry.record(word, of: replay)])
            #expect(try await registry.run(replay)["cancelRequestedAt"] == .null)
            let cancelled = try await registry.send(.post, "runs/\(replay["id"].string ?? "")/cancel")
            #expect(cancelled.status == 202)
            #expect(cancelled["state"] == "running")
            #expect(cancelled["cancelRequestedAt"] != .null)
            #expect(try await registry.published(TopicCatalogue.commands).isEmpty)
            try await registry.finish(replay, .cancelled)
            #expect(try await registry.run(replay)["outcome"] == "cancelled")
        }
    }

    @Test("a replay whose number was passed while it waited has another when its turn comes")
    func passed() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let active = try await registry.startRun(id)
            let replay = try await registry.startReplay(id)
            #expect(replay["epoch"] == 2)
            let end = TestRegistry.end(of: active, current: 40)
            try await registry.deliver([try await registry.record(end, of: active)])
            let begun = try await registry.run(replay)
            #expect(begun["state"] == "requested")
            #expect(begun["epoch"] == 41)
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
        }
    }
}

extension TestRegistry {
    /// Starts a replay that somebody else is to tell.
    fileprivate func startReplay(_ id: IdentityProviderID) async throws -> JSON {
        let answer = try await send(.post, "idps/\(id)/runs", ["kind": "replay"])
        try #require(answer.status == 202, "\(answer.text)")
        return answer.json
    }
}
