import Messages
import Postgres
import Runtime
import PostgresTesting
import Testing

@testable import Registry

/// Runs that were kept from their work by what is no more by then are started anew at once (architecture.md §3.2, §3.3).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct RestartTests {
    @Test(
        "a run that ended by one of these causes is started anew at once, in the same kind",
        arguments: [RunEndCause.mappingChanged, .epochPassed, .epochTaken]
    )
    func restarts(cause: RunEndCause) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let first = try await registry.send(.post, "idps/\(id)/runs", ["kind": "departments"]).json
            try await registry.finish(first, .failed, because: cause)
            let ended = try await registry.run(first)
            #expect(ended["endCause"].string == cause.rawValue)
            let next = try await registry.run(["id": ended["restartedAs"]])
            #expect(next["state"] == "requested")
            #expect(next["kind"] == "departments")
            #expect(next["cause"] == "manual")
            let command = try #require(try await registry.published(TopicCatalogue.commands).last)
            #expect(try command.decode(RunSync.self).run.description == next["id"].string)
        }
    }

    @Test(
        "a run that ended by another cause is over",
        arguments: [RunEndCause.overtaken, .deleted, .unreadable, .foreignTenant, .unanswered]
    )
    func ends(cause: RunEndCause) async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.finish(run, .failed, because: cause)
            #expect(try await registry.run(run)["restartedAs"] == .null)
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("a registry that was restored goes on from the epoch that others know")
    func epochs() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let (active, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            let told = TestRegistry.end(of: active, .failed, because: .epochPassed, current: 40)
            try await registry.deliver([try await registry.record(told, of: active)])
            let next = try await registry.run(waiting)
            #expect(next["state"] == "requested")
            #expect(next["epoch"] == 41)
            #expect(try await registry.run(active)["restartedAs"] == next["id"])
            let command = try #require(try await registry.published(TopicCatalogue.commands).last)
            #expect(try command.decode(RunSync.self).epoch == Epoch(rawValue: 41))
            #expect(command.header("ce_epoch") == "41")
            #expect(try await registry.startRun(id)["epoch"] == 42)
        }
    }

    @Test(
        "an epoch that nobody can have come to is not believed, and none goes back",
        arguments: [Int.max, 2_000_000, 0]
    )
    func unbelievable(epoch: Int) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            let told = TestRegistry.end(of: run, .failed, current: epoch)
            try await registry.deliver([try await registry.record(told, of: run)])
            #expect(try await registry.startRun(id)["epoch"] == 2)
        }
    }

    @Test("another tenant's word raises no epoch")
    func foreignWord() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            let told = TestRegistry.end(of: run, .failed, because: .epochPassed, current: 40)
            try await registry.deliver([try await registry.record(told, of: run, tenant: .make())])
            #expect(try await registry.startRun(id)["epoch"] == 2)
        }
    }

    @Test("what ends the same way five times in a row is not started anew, and says so", arguments: [false, true])
    func guarded(isDeletion: Bool) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            if isDeletion {
                _ = try await registry.deleteProvider(id)
            } else {
                _ = try await registry.startRun(id)
            }
            for attempt in 1...5 {
                let runs = try await registry.send(.get, "idps/\(id)/runs")["items"].array
                #expect(runs.count == attempt)
                try await registry.finish(runs[0], .failed, because: .mappingChanged)
            }
            let runs = try await registry.send(.get, "idps/\(id)/runs")["items"].array
            #expect(runs.count == 5)
            #expect(runs[0]["state"] == "finished")
            #expect(runs[0]["reasons"].array.count == 2)
            #expect(runs[0]["reasons"][1].string?.contains("5 times in a row") == true)
        }
    }

    @Test("what is asked for by hand is counted from one")
    func byHand() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for _ in 1...6 {
                try await registry.finish(try await registry.startRun(id), .failed)
            }
            let run = try await registry.startRun(id)
            try await registry.finish(run, .failed, because: .mappingChanged)
            #expect(try await registry.run(run)["restartedAs"] != .null)
        }
    }

    @Test("a run that is not started anew because the identity provider was closed is over")
    func closed() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            try await registry.patch(id, ["status": "closed", "confirmClosing": true])
            try await registry.finish(run, .failed, because: .mappingChanged)
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("the first end that is told counts")
    func firstWins() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.finish(run)
            try await registry.finish(run, .failed, because: .mappingChanged)
            let seen = try await registry.run(run)
            #expect(seen["outcome"] == "succeeded")
            #expect(seen["endCause"] == .null)
            #expect(try await registry.count("runs") == 1)
        }
    }
}
