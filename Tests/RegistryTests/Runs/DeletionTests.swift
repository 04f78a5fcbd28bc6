import Messages
import Postgres
import Runtime
import PostgresTesting
import Testing

@testable import Registry

/// A deletion is a run that overtakes all others (architecture.md §3.7).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct DeletionTests {
    @Test("a deletion is asked for at once, ends what waits, and leaves the active run to whoever works on it")
    func overtakes() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let (active, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            #expect(try await registry.deleteProvider(id).status == 204)
            let command = try #require(try await registry.published(TopicCatalogue.commands).last)
            let message = try command.decode(RunSync.self)
            #expect(message.kind == .delete)
            #expect(message.cause == .deletion)
            #expect(message.epoch == Epoch(rawValue: 3))
            #expect(message.basis == nil)
            #expect(message.configurationRevision == (try await registry.configuration()).revision)
            let skipped = try await registry.run(waiting)
            #expect(skipped["outcome"] == "cancelled")
            #expect(skipped["endCause"] == "deleted")
            #expect(try await registry.run(active)["state"] == "requested")
            try await registry.finish(active, .cancelled, because: .deleted)
            let runs = try await registry.send(.get, "idps/\(id)/runs")["items"].array
            #expect(runs.map { $0["state"] } == ["requested", "finished", "finished"])
            try await registry.finish(runs[0])
            #expect(try await registry.run(runs[0])["outcome"] == "succeeded")
            #expect(try await registry.published(TopicCatalogue.commands).count == 2)
        }
    }

    @Test("a deletion needs neither connection nor open status", arguments: [true, false])
    func needsNothing(isClosed: Bool) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider(isClosed ? ["status": "closed"] : [:])
            #expect(try await registry.deleteProvider(id).status == 204)
            #expect(try await registry.published(TopicCatalogue.commands).count == 1)
        }
    }

    @Test("a deletion that failed is asked for anew, and nobody can cancel or start one by hand")
    func insists() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            #expect(try await registry.send(.post, "idps/\(id)/runs", ["kind": "delete"]).fields == ["kind"])
            _ = try await registry.deleteProvider(id)
            let first = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            let cancelled = try await registry.send(.post, "runs/\(first["id"].string ?? "")/cancel")
            #expect(cancelled.problem == "deletion-goes-on")
            try await registry.finish(first, .failed)
            let second = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            #expect(second["id"] != first["id"])
            #expect(second["kind"] == "delete")
            #expect(try await registry.run(first)["restartedAs"] == second["id"])
            try await registry.finish(second)
            #expect(try await registry.count("runs") == 2)
        }
    }

    @Test("what is deleted is never on the schedule, and its audit says who did it")
    func traces() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.deleteProvider(id)
            let rows = try await registry.database.run("select next_run_at is null from registry.identity_providers")
            #expect(try rows.decode(Bool.self) == [true])
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["action"] == "idp.deleted")
            #expect(entry["details"]["name"] == "test_123")
            #expect(entry["details"]["changes"]["status"] == ["from": "enabled", "to": "deleted"])
        }
    }
}
