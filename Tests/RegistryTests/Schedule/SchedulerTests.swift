import BackgroundWork
import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Sealing
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct SchedulerTests {
    @Test("any number of schedulers start each due run exactly once", arguments: [2, 5])
    func exactlyOnce(schedulers: Int) async throws {
        try await withRegistry(connections: 8) { registry in
            let tenant = try await registry.makeTenant()
            var due: Set<IdentityProviderID> = []
            for index in 0..<30 {
                let id = try await registry.makeConnectedProvider(in: tenant)
                if index % 3 != 0 { due.insert(id) }
            }
            for round in 1...2 {
                try await makeDue(due, registry)
                let started = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<schedulers {
                        let components = try registry.another()
                        group.addTask { try await components.startDueRuns() }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(started == due.count)
                let commands = try await registry.published(TopicCatalogue.commands).suffix(due.count)
                #expect(Set(commands.map { $0.key ?? "" }) == Set(due.map(\.description)))
                #expect(try commands.allSatisfy { try $0.decode(RunSync.self).cause == .schedule })
                #expect(try await registry.count("runs") == round * due.count)
                try await registry.database.run("update registry.runs set state = 'finished', outcome = 'succeeded'")
            }
        }
    }

    private func makeDue(_ ids: Set<IdentityProviderID>, _ registry: TestRegistry) async throws {
        try await registry.database.run(
            """
            update registry.identity_providers set next_run_at = now() - interval '1 second'
            where id = any(\(ids.map(\.uuid))::uuid[])
            """
        )
    }

    @Test("what is due in five minutes is not started; what is due by now is, once")
    func notYet() async throws {
        try await withRegistry { registry in
            let (later, now) = (try await registry.makeConnectedProvider(), try await registry.makeConnectedProvider())
            try await registry.database.run(
                "update registry.identity_providers set next_run_at = now() + interval '5 minutes' where id = \(later)"
            )
            try await makeDue([now], registry)
            for _ in 1...3 { #expect(try await registry.components.schedule.runOnce()?.isEmpty == true) }
            #expect(try await registry.published(TopicCatalogue.commands).map(\.key) == [now.description])
        }
    }

    @Test("the next run is due at its place in the cycle, and shown")
    func nextDue() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["cycleHours": 2])
            try await makeDue([id], registry)
            let before = Timestamp.now
            #expect(try await registry.components.startDueRuns() == 1)
            let next = try #require(
                try await registry.send(.get, "idps/\(id)")["nextRunAt"].string.flatMap { Timestamp($0) }
            )
            #expect(next >= before.advanced(by: .seconds(7_200 / 8)))
            #expect(next <= Timestamp.now.advanced(by: .seconds(7_200 * 9 / 8)))
            #expect(try await registry.components.startDueRuns() == 0)
        }
    }

    @Test("in quiet hours nothing starts: what is due is put off to the hours after them")
    func quietHours() async throws {
        try await withRegistry { registry in
            let hour = Int(Timestamp.now.millisecondsSince1970 / 3_600_000 % 24)
            let quiet: JSON = [
                "from": .integer(Int64((hour + 23) % 24)), "to": .integer(Int64((hour + 2) % 24)), "timeZone": "UTC",
            ]
            let id = try await registry.makeConnectedProvider(["quietHours": quiet])
            try await makeDue([id], registry)
            #expect(try await registry.components.startDueRuns() == 0)
            let shown = try await registry.send(.get, "idps/\(id)")
            #expect(shown["quietHours"] == quiet)
            let next = try #require(shown["nextRunAt"].string.flatMap { Timestamp($0) })
            #expect(next > .now)
            try await registry.patch(id, ["quietHours": nil])
            try await makeDue([id], registry)
            #expect(try await registry.components.startDueRuns() == 1)
        }
    }

    @Test("quiet hours without an end, or of no time zone that there is, are refused by field")
    func badQuietHours() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeProvider()
            for (quiet, field) in [
                (["from": 8, "to": 8, "timeZone": "UTC"], "quietHours.to"),
                (["from": 8, "to": 24, "timeZone": "UTC"], "quietHours.to"),
                (["from": 8, "to": 9, "timeZone": "Asia/Nowhere"], "quietHours.timeZone"),
                (["from": 8, "to": 9], "quietHours.timeZone"),
            ] as [(JSON, String)] {
                let answer = try await registry.send(
                    .patch,
                    "idps/\(id)",
                    ["quietHours": quiet],
                    headers: ["If-Match": "*"]
                )
                #expect(answer.status == 400)
                #expect(answer.fields == [field])
            }
        }
    }

    @Test("what is due all at once starts at a pace, the one that waits longest first, and none is left out")
    func paced() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            var ids: Set<IdentityProviderID> = []
            for _ in 0..<8 { ids.insert(try await registry.makeConnectedProvider(in: tenant)) }
            try await makeDue(ids, registry)
            let scheduler = Scheduler(
                runs: registry.components.runs,
                pace: SchedulePace(floor: 12, slack: .seconds(15)),
                logger: TestRegistry.quiet
            )
            // Fifteen seconds that nobody used, and this one.
            #expect(try await scheduler.startDue() == 4)
            #expect(try await scheduler.startDue() == 0)
            try await registry.database.run("update registry.schedule_pace set free_at = free_at - interval '1 hour'")
            #expect(try await scheduler.startDue() == 4)
            #expect(try await registry.count("runs") == 8)
        }
    }

    @Test("a due run waits for the active one, and what waits already is enough")
    func whileActive() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.startRun(id)
            for _ in 0..<2 {
                try await makeDue([id], registry)
                #expect(try await registry.components.startDueRuns() == 1)
            }
            let runs = try await registry.send(.get, "idps/\(id)/runs")["items"].array
            #expect(runs.map { $0["state"] } == ["waiting", "requested"])
            #expect(runs[0]["cause"] == "schedule")
        }
    }

    @Test(
        "what is closed, synchronised by hand, or not connected is on no schedule",
        arguments: [
            ["status": "closed", "confirmClosing": true] as JSON, ["automaticSynchronization": false],
        ]
    )
    func offSchedule(change: JSON) async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            #expect(try await registry.send(.get, "idps/\(id)")["nextRunAt"] != .null)
            #expect(try await registry.patch(id, change)["nextRunAt"] == .null)
            let other = try await registry.makeProvider()
            #expect(try await registry.send(.get, "idps/\(other)")["nextRunAt"] == .null)
        }
    }

    @Test("a configuration that cannot be read keeps no other from its turn")
    func unreadable() async throws {
        try await withRegistry { registry in
            let bad = try await registry.makeConnectedProvider()
            let good = try await registry.makeConnectedProvider()
            try await registry.database.run(
                """
                update registry.identity_providers
                set configuration = jsonb_set(configuration, '{cycleHours}', '25'), next_run_at = now() - interval '1 day'
                where id = \(bad.uuid)
                """
            )
            try await makeDue([good], registry)
            #expect(try await registry.components.startDueRuns() == 1)
            #expect(try await registry.published(TopicCatalogue.commands).map(\.key) == [good.description])
            #expect(try await registry.components.startDueRuns() == 0)
        }
    }

    @Test("a turn that was set while the clock was a month fast is set anew, and comes within a cycle")
    func clockSetBack() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["cycleHours": 2])
            try await registry.database.run(
                "update registry.identity_providers set next_run_at = now() + interval '30 days' where id = \(id)"
            )
            #expect(try await registry.components.startDueRuns() == 0)
            let next = try #require(
                try await registry.send(.get, "idps/\(id)")["nextRunAt"].string.flatMap { Timestamp($0) }
            )
            #expect(next <= Timestamp.now.advanced(by: .seconds(7_200)))
            try await makeDue([id], registry)
            #expect(try await registry.components.startDueRuns() == 1)
        }
    }

    @Test("one whose run can never be started does not stand before the others for ever")
    func failsForGood() async throws {
        try await withRegistry { registry in
            let (bad, good) = (try await registry.makeConnectedProvider(), try await registry.makeConnectedProvider())
            _ = try await registry.startRun(bad)
            try await registry.database.run("update registry.runs set kind = 'of a later version' where idp = \(bad)")
            try await makeDue([bad, good], registry)
            #expect(try await registry.components.startDueRuns() == 1)
            let due = try await registry.database.run(
                "select from registry.identity_providers where next_run_at <= now()"
            )
            #expect(due.isEmpty)
        }
    }

    @Test("without user information a scheduled run reads the departments alone")
    func departmentsOnly() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider(["synchronizeUserInformation": false])
            try await makeDue([id], registry)
            try await registry.components.startDueRuns()
            let command = try #require(try await registry.published(TopicCatalogue.commands).first)
            #expect(try command.decode(RunSync.self).kind == .departments)
        }
    }
}

extension Components {
    /// Starts every run that is due, without a lease and at any pace; returns how many.
    @discardableResult
    func startDueRuns() async throws -> Int {
        let pace = SchedulePace(floor: 60_000, slack: .seconds(60))
        return try await Scheduler(runs: runs, pace: pace, logger: TestRegistry.quiet).startDue()
    }
}
