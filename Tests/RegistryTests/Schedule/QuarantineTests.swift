import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct QuarantineTests {
    @Test("five failures in a row slow an identity provider down, shown with reason and since when, audited and told")
    func quarantined() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["cycleHours": 1])
            for _ in 1...4 { try await registry.fail(id) }
            #expect(try await registry.send(.get, "idps/\(id)")["quarantine"] == .null)
            try await registry.fail(id)
            let shown = try await registry.send(.get, "idps/\(id)").json
            #expect(shown["quarantine"]["failures"] == 5)
            #expect(shown["quarantine"]["reason"] == "WeCom refused. (WeCom's code 60020)")
            #expect(shown["quarantine"]["since"].string.flatMap { Timestamp($0) } != nil)
            let next = try #require(shown["nextRunAt"].string.flatMap { Timestamp($0) })
            #expect(next > Timestamp.now.advanced(by: .seconds(7_100)))
            let actions = try await registry.send(.get, "audit?object=\(id)")["items"].array.map { $0["action"].string }
            #expect(actions.first == "idp.quarantined")
            #expect(try await registry.told(id) == ["run-failed raised", "idp-quarantined raised"])
        }
    }

    @Test("each further failure doubles the rest, up to a day")
    func slower() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["cycleHours": 1])
            for _ in 1...5 { try await registry.fail(id) }
            for hours in [4, 8, 16, 24, 24] {
                try await registry.fail(id)
                let shown = try await registry.send(.get, "idps/\(id)").json
                let next = try #require(shown["nextRunAt"].string.flatMap { Timestamp($0) })
                #expect(next > Timestamp.now.advanced(by: .seconds(hours * 3_600 - 60)))
                #expect(next < Timestamp.now.advanced(by: .seconds(hours * 3_600 + 3_700)))
            }
        }
    }

    @Test("a success counts anew, and ends a quarantine", arguments: [RunOutcome.succeeded, .partial, .held])
    func success(outcome: RunOutcome) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["cycleHours": 1])
            for _ in 1...4 { try await registry.fail(id) }
            try await registry.finish(try await registry.scheduledRun(id), outcome)
            for _ in 1...4 { try await registry.fail(id) }
            #expect(try await registry.send(.get, "idps/\(id)")["quarantine"] == .null)
            for _ in 1...4 { try await registry.fail(id) }
            try await registry.finish(try await registry.scheduledRun(id), outcome)
            let shown = try await registry.send(.get, "idps/\(id)").json
            #expect(shown["quarantine"] == .null)
            let next = try #require(shown["nextRunAt"].string.flatMap { Timestamp($0) })
            #expect(next < Timestamp.now.advanced(by: .seconds(3_600 * 9 / 8)))
            #expect(try await registry.told(id).contains("idp-quarantined settled"))
        }
    }

    @Test("what somebody asked for, what our own services did not answer, and what was cancelled do not count")
    func notCounted() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for _ in 1...6 { try await registry.finish(try await registry.startRun(id), .failed) }
            for _ in 1...6 {
                try await registry.finish(try await registry.scheduledRun(id), .failed, because: .unanswered)
                try await registry.finish(try await registry.scheduledRun(id), .cancelled)
            }
            #expect(try await registry.send(.get, "idps/\(id)")["quarantine"] == .null)
        }
    }

    @Test("an operator releases it, which starts a run; once more there is nothing to release")
    func byHand() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["cycleHours": 1])
            for _ in 1...5 { try await registry.fail(id) }
            let viewer = try await registry.makeKey("viewer")
            #expect(try await registry.send(.post, "idps/\(id)/quarantine/release", key: viewer).status == 403)
            let answer = try await registry.send(.post, "idps/\(id)/quarantine/release")
            #expect(answer.status == 200)
            #expect(answer["quarantine"] == .null)
            let runs = try await registry.send(.get, "idps/\(id)/runs")["items"].array
            #expect(runs[0]["state"] == "requested")
            #expect(try await registry.send(.post, "idps/\(id)/quarantine/release").problem == "not-quarantined")
            let actions = try await registry.send(.get, "audit?object=\(id)")["items"].array.map { $0["action"].string }
            #expect(actions.first == "idp.quarantine-released")
        }
    }

    @Test("other credentials end it; what WeCom tells of changes waits until it is over")
    func credentials() async throws {
        try await withProvider { registry, _ in
            let id = try await registry.makeConnectedProvider()
            for _ in 1...5 { try await registry.fail(id) }
            let provider = try await registry.components.providers.find(id, for: .everywhere)
            #expect(Trigger.event.obstacle(of: provider, to: .objects) == .quarantined)
            try await registry.patch(
                id,
                ["ownApp": ["corpID": "ww1e933be11645237c", "agentID": 1_000_002, "secret": "new"]]
            )
            #expect(try await registry.send(.get, "idps/\(id)")["quarantine"] == .null)
        }
    }
}

extension TestRegistry {
    /// Starts the scheduled run of an identity provider.
    func scheduledRun(_ id: IdentityProviderID) async throws -> JSON {
        try await database.run(
            "update registry.identity_providers set next_run_at = now() - interval '1 second' where id = \(id)"
        )
        #expect(try await components.startDueRuns() == 1)
        return try await send(.get, "idps/\(id)/runs")["items"][0]
    }

    /// Has a scheduled run fail.
    func fail(_ id: IdentityProviderID) async throws {
        let run = try await scheduledRun(id)
        var end = Self.end(of: run, .failed)
        (end.reasons, end.errorCode) = (["WeCom refused."], 60_020)
        try await deliver([try await record(end, of: run)])
    }

    /// What administrators are told of an identity provider, in order: kind and state.
    func told(_ id: IdentityProviderID) async throws -> [String] {
        try await database.run(
            "select kind || ' ' || state from registry.notifications where idp = \(id) order by at, id"
        ).decode(String.self)
    }
}
