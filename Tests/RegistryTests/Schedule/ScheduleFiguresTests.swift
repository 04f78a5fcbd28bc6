import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct ScheduleFiguresTests {
    @Test("identity providers are told by their last run that brought what it could, whatever failed since")
    func lastSuccess() async throws {
        try await withRegistry { registry in
            var ids: [IdentityProviderID] = []
            for _ in 0..<4 { ids.append(try await registry.makeConnectedProvider()) }
            #expect(try await registry.look(at: ScheduleFigures.lastSuccess)["never"] == 4)
            for (id, outcome) in zip(ids, [RunOutcome.succeeded, .partial, .failed]) {
                try await registry.finish(try await registry.startRun(id), outcome)
            }
            try await registry.database.run(
                "update registry.runs set finished_at = finished_at - interval '3 days' where idp = \(ids[1])"
            )
            try await registry.finish(try await registry.startRun(ids[0]), .failed)
            let found = try await registry.look(at: ScheduleFigures.lastSuccess)
            #expect(found == ["1h": 1, "6h": 0, "24h": 0, "48h": 0, "older": 1, "never": 2])
        }
    }

    @Test("who is synchronised by hand alone, or in no way, is not among them")
    func scheduledAlone() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.makeConnectedProvider(["automaticSynchronization": false])
            try await registry.database.run(
                "update registry.identity_providers set quarantined_at = now() where id = \(id)"
            )
            #expect(try await registry.look(at: ScheduleFigures.states) == ["scheduled": 0, "quarantined": 1])
            #expect(try await registry.look(at: ScheduleFigures.lastSuccess).values.reduce(0, +) == 1)
        }
    }

    @Test("runs that are under way are counted by their state")
    func runs() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            #expect(try await registry.look(at: ScheduleFigures.runs) == ["requested": 1, "running": 0])
            try await registry.finish(run, .succeeded)
            #expect(try await registry.look(at: ScheduleFigures.runs) == ["requested": 0, "running": 0])
        }
    }
}

extension TestRegistry {
    fileprivate func look(at figure: ScheduleFigures.Figure) async throws -> [String: Int] {
        try await figure.look(in: database)
    }
}
