import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Runs that nobody works on end after minutes (architecture.md §3.3).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(2)))
struct WatchdogTests {
    private static let brief = WatchdogSettings(silence: .milliseconds(300), patience: .milliseconds(300))

    @Test("a silent run is asked to end, then it has failed and says what to do, and the waiting one starts")
    func silence() async throws {
        try await withRegistry({ $0.watchdog = Self.brief }) { registry in
            let id = try await registry.makeConnectedProvider()
            let watchdog = registry.components.watchdog(Readiness())
            let (silent, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            try await eventually(within: .seconds(20), "it is asked to end") {
                try await watchdog.look()
                return try await registry.commands().count == 2
            }
            #expect(try await registry.run(silent)["state"] == "requested")
            try await eventually(within: .seconds(20), "it is over") {
                try await watchdog.look()
                return try await registry.run(silent)["state"] == "finished"
            }
            let ended = try await registry.run(silent)
            #expect(ended["outcome"] == "failed")
            #expect(ended["endCause"] == "unanswered")
            #expect(ended["reasons"][0].string?.contains("/readyz") == true)
            #expect(try await registry.run(waiting)["state"] == "requested")
            #expect(
                try await registry.commands() == [
                    RunSync.type.rawValue, CancelRun.type.rawValue, RunSync.type.rawValue,
                ]
            )
            try await registry.finish(silent)
            #expect(try await registry.run(silent)["outcome"] == "failed")
        }
    }

    @Test("a run that is heard of goes on")
    func heard() async throws {
        try await withRegistry({ $0.watchdog = Self.brief }) { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let silent = try await registry.startRun(try await registry.makeConnectedProvider())
            let watchdog = registry.components.watchdog(Readiness())
            try await eventually(within: .seconds(20), "the other one is over") {
                let progress = try await registry.record(StageProgress(stage: .fetcher, pages: 0), of: run)
                try await registry.deliver([progress])
                try await registry.database.run(
                    "update registry.runs set progress_at = now() where id = \(run["id"].string ?? "")::uuid"
                )
                try await watchdog.look()
                return try await registry.run(silent)["state"] == "finished"
            }
            #expect(try await registry.run(run)["state"] == "running")
            #expect(try await registry.commands().filter { $0 == CancelRun.type.rawValue }.count == 1)
        }
    }

    @Test("a deletion is never given up, but asked for again")
    func deletion() async throws {
        try await withRegistry({ $0.watchdog = Self.brief }) { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.send(.delete, "idps/\(id)")
            let watchdog = registry.components.watchdog(Readiness())
            try await eventually(within: .seconds(20), "it is asked for three times") {
                try await watchdog.look()
                return try await registry.commands().count >= 3
            }
            #expect(try await registry.commands().allSatisfy { $0 == RunSync.type.rawValue })
            let epochs = try await registry.published(TopicCatalogue.commands).map {
                try $0.decode(RunSync.self).epoch.rawValue
            }
            #expect(Set(epochs) == [1])
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("the clock stands still while this registry cannot hear of runs, and after its start")
    func deaf() async throws {
        try await withRegistry({ $0.watchdog = Self.brief }) { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.database.run("update registry.runs set progress_at = now() - interval '1 day'")
            let readiness = Readiness()
            let watchdog = registry.components.watchdog(readiness)
            try await watchdog.look()
            #expect(try await registry.commands().count == 1)
            readiness.set("stage", ready: false)
            let end = ContinuousClock.now + .seconds(1)
            while ContinuousClock.now < end { try await watchdog.look() }
            #expect(try await registry.commands().count == 1)
            readiness.set("stage", ready: true)
            try await watchdog.look()
            #expect(try await registry.commands().count == 1)
            try await eventually(within: .seconds(20), "it is over") {
                try await watchdog.look()
                return try await registry.run(run)["state"] == "finished"
            }
        }
    }
}

extension TestRegistry {
    /// The kinds of the commands so far.
    fileprivate func commands() async throws -> [String] {
        try await published(TopicCatalogue.commands).map { $0.header("ce_type") ?? "" }
    }
}
