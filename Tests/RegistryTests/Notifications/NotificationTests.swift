import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What administrators are told, and what they are spared.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct NotificationTests {
    @Test("what a run holds is told with numbers, and again once nothing is held")
    func held() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            var end = TestRegistry.end(of: run, .held)
            (end.counts.users.held, end.counts.departments.held) = (7, 2)
            end.reasons = ["zhangsan is held"]
            try await registry.deliver([try await registry.record(end, of: run)])
            let facts = try await registry.facts(id)
            #expect(facts["people"] == 7)
            #expect(facts["departments"] == 2)
            #expect(facts["run"] == run["id"])
            #expect(facts["idpName"] == "test_123")
            #expect(try !facts.text.contains("zhangsan"))
            try await registry.finish(try await registry.startRun(id))
            #expect(try await registry.told(id) == ["removals-held raised", "removals-held settled"])
        }
    }

    @Test("what is held stays told while a decision leaves some of it, and no longer once nothing is held")
    func decided() async throws {
        try await withRegistry { registry in
            let (id, held) = try await registry.makeHeldRun()
            for (stillHeld, told) in [(nil, []), (3, []), (0, ["removals-held settled"])] as [(Int?, [String])] {
                let run = try await registry.send(.post, "runs/\(held)/approve").json
                var end = TestRegistry.end(of: run)
                end.stillHeld = stillHeld
                try await registry.deliver([try await registry.record(end, of: run)])
                #expect(try await registry.told(id) == ["removals-held raised"] + told)
            }
        }
    }

    @Test("what is held stays told though a full run says of nobody that they are missing")
    func heldByOthers() async throws {
        try await withRegistry { registry in
            let (id, _) = try await registry.makeHeldRun()
            for (stillHeld, told) in [(3, []), (0, ["removals-held settled"])] as [(Int, [String])] {
                let run = try await registry.startRun(id)
                var end = TestRegistry.end(of: run, .partial)
                end.stillHeld = stillHeld
                try await registry.deliver([try await registry.record(end, of: run)])
                #expect(try await registry.told(id) == ["removals-held raised"] + told)
            }
        }
    }

    @Test("a run that fails again is not told of again, until six hours have passed; then with how often")
    func silence() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for _ in 1...3 { try await registry.finish(try await registry.startRun(id), .failed) }
            #expect(try await registry.told(id) == ["run-failed raised"])
            try await registry.passSilence()
            try await registry.finish(try await registry.startRun(id), .failed)
            #expect(try await registry.told(id) == ["run-failed raised", "run-failed raised"])
            #expect(try await registry.facts(id)["times"] == 4)
        }
    }

    @Test("what comes and goes is told once; what came back and stays is told when the silence is over")
    func flapping() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for outcome in [RunOutcome.failed, .succeeded, .failed, .succeeded, .failed] {
                try await registry.finish(try await registry.startRun(id), outcome)
            }
            let steps = registry.components.schedule
            #expect(try await steps.runOnce()?.isEmpty == true)
            #expect(try await registry.told(id) == ["run-failed raised", "run-failed settled"])
            try await registry.passSilence()
            for _ in 1...2 { #expect(try await steps.runOnce()?.isEmpty == true) }
            #expect(try await registry.told(id) == ["run-failed raised", "run-failed settled", "run-failed raised"])
            try await registry.finish(try await registry.startRun(id))
            #expect(try await registry.told(id).last == "run-failed settled")
        }
    }

    @Test("what happens at a moment is told again after the silence, also if it does not happen once more")
    func momentary() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            for entries in [3, 40] { try await registry.raise(.rangeNarrowed(entries: entries), of: id) }
            #expect(try await registry.facts(id)["entries"] == 3)
            try await registry.passSilence()
            #expect(try await registry.components.schedule.runOnce()?.isEmpty == true)
            #expect(try await registry.facts(id)["entries"] == 40)
            #expect(try await registry.told(id).count == 2)
        }
    }

    @Test("a withdrawn authorization is told, and that there is one again")
    func authorization() async throws {
        try await withProvider { registry, wecom in
            let id = try await registry.makeConnectedProvider()
            try await registry.push(Provider.suiteTicket("t"))
            wecom.answer("service/v2/get_auth_info", ["errcode": 40_084, "errmsg": "invalid permanent code"])
            for time in 1...2 { try await registry.push(Provider.corpEvent("cancel_auth", at: time)) }
            #expect(try await registry.told(id) == ["authorization-lost raised"])
            try await registry.connect(id, corpID: "ww1e933be11645237c")
            #expect(try await registry.told(id) == ["authorization-lost raised", "authorization-lost settled"])
        }
    }

    @Test("a scheduled run that is not over in its time is late, once, and told when it is over")
    func late() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["cycleHours": 2])
            let run = try await registry.scheduledRun(id)
            let manual = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.age(manual, "requested_at", by: 86_400)
            try await registry.age(run, "requested_at", by: 2 * 3_600 + 1_700)
            #expect(try await registry.components.schedule.runOnce()?.isEmpty == true)
            #expect(try await registry.count("notifications") == 0)
            try await registry.age(run, "requested_at", by: 200)
            for _ in 1...2 { #expect(try await registry.components.schedule.runOnce()?.isEmpty == true) }
            #expect(try await registry.told(id) == ["run-late raised"])
            try await registry.finish(run)
            #expect(try await registry.told(id) == ["run-late raised", "run-late settled"])
            #expect(try await registry.count("notifications") == 2)
        }
    }

    @Test("an end that is read again tells nothing more")
    func replay() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            let end = try await registry.record(TestRegistry.end(of: run, .failed), of: run)
            for _ in 1...3 { try await registry.deliver([end]) }
            #expect(try await registry.told(id) == ["run-failed raised"])
            #expect(try await registry.database.run("select times from registry.conditions").decode(Int.self) == [1])
        }
    }
}

extension TestRegistry {
    /// Raises something, as those who find it do.
    func raise(_ occurrence: Occurrence, of id: IdentityProviderID) async throws {
        try await components.ledger.change { database in
            let provider = try #require(try IdentityProviderStore.lock(id, on: database))
            try Notifications.raise(occurrence, of: provider, on: database)
        }
    }

    /// What was told last of an identity provider.
    func facts(_ id: IdentityProviderID) async throws -> JSON {
        let rows = try await database.run(
            "select facts from registry.notifications where idp = \(id) order by at desc, id desc limit 1"
        )
        return try #require(rows.first).decode(JSON.self)
    }

    /// Lets the time pass in which the same is not told again.
    func passSilence() async throws {
        try await database.run("update registry.conditions set told_at = told_at - interval '6 hours'")
    }
}
