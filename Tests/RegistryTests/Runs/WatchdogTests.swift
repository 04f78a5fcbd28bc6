import BackgroundWork
import Messages
import Postgres
import PostgresTesting
import Runtime
import Synchronization
import Testing

@testable import Registry

/// Runs that nobody works on end after minutes (architecture.md §3.3).
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct WatchdogTests {
    @Test("a silent run is asked to end, then it has failed and says what to do, and the waiting one starts")
    func silence() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            let watch = Watch(registry)
            let (silent, waiting) = (try await registry.startRun(id), try await registry.startRun(id))
            watch.listen(for: .seconds(600))
            try await watch.look()
            #expect(try await registry.commands() == ["run-sync"])
            try await registry.age(silent, "progress_at", by: 601)
            for _ in 1...2 { try await watch.look() }
            #expect(try await registry.run(silent)["state"] == "requested")
            #expect(try await registry.commands() == ["run-sync", "cancel-run"])
            try await registry.age(silent, "cancelled_at", by: 61)
            try await watch.look()
            let ended = try await registry.run(silent)
            #expect(ended["outcome"] == "failed")
            #expect(ended["endCause"] == "unanswered")
            #expect(ended["reasons"][0].string?.contains("for 10 minutes") == true)
            #expect(ended["reasons"][0].string?.contains("/readyz") == true)
            #expect(try await registry.run(waiting)["state"] == "requested")
            #expect(try await registry.commands() == ["run-sync", "cancel-run", "run-sync"])
            try await registry.finish(silent)
            #expect(try await registry.run(silent)["outcome"] == "failed")
        }
    }

    @Test("a run that is heard of goes on, also after it was asked to end")
    func heard() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let watch = Watch(registry)
            watch.listen(for: .seconds(600))
            let progress = try await registry.record(StageProgress(stage: .fetcher, pages: 0), of: run)
            for expected in [["run-sync"], ["run-sync", "cancel-run"]] {
                try await registry.deliver([progress])
                try await watch.look()
                #expect(try await registry.commands() == expected)
                try await registry.age(run, "progress_at", by: 601)
                try await watch.look()
            }
            try await registry.age(run, "cancelled_at", by: 61)
            try await registry.deliver([progress])
            try await watch.look()
            #expect(try await registry.run(run)["state"] == "running")
        }
    }

    @Test("a run that waits for its turn, or was handed back, is heard of by whoever speaks for it")
    func waits() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let watch = Watch(registry)
            watch.listen(for: .seconds(600))
            let word = StageProgress(stage: .fetcher, pages: 0)
            for fence in [Int64(0), 3, 0] {
                try await registry.age(run, "progress_at", by: 601)
                try await registry.deliver([try await registry.record(word, of: run, fence: fence)])
                try await watch.look()
                let seen = try await registry.run(run)
                #expect(seen["state"].string == (seen["startedAt"] == .null ? "requested" : "running"))
            }
            #expect(try await registry.run(run)["state"] == "running")
            #expect(try await registry.commands() == ["run-sync"])
        }
    }

    @Test("a deletion is never given up, but asked for again")
    func deletion() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.deleteProvider(id)
            let run = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            let watch = Watch(registry)
            watch.listen(for: .seconds(600))
            for _ in 1...3 {
                try await registry.age(run, "progress_at", by: 601)
                for _ in 1...2 { try await watch.look() }
            }
            let asked = try await registry.published(TopicCatalogue.commands).map { try $0.decode(RunSync.self) }
            #expect(asked.count == 4)
            #expect(asked.allSatisfy { $0 == asked[0] })
            #expect(try await registry.count("runs") == 1)
        }
    }

    @Test("a deletion that nobody answered for six times as long is started anew, without end")
    func deletionAnew() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.deleteProvider(id)
            let watch = Watch(registry)
            watch.listen(for: .seconds(600))
            for count in 1...7 {
                let runs = try await registry.send(.get, "idps/\(id)/runs")["items"].array
                #expect(runs.count == count)
                #expect(runs[0]["state"] == "requested")
                try await registry.age(runs[0], "progress_at", by: 601)
                try await registry.age(runs[0], "requested_at", by: 3_601)
                try await watch.look()
                #expect(try await registry.run(runs[0])["endCause"] == "unanswered")
            }
        }
    }

    @Test("a deletion that failed too often in a row is started anew after an hour, and none that has succeeded")
    func deletionInVain() async throws {
        try await withRegistry { registry in
            let id = try await registry.makeConnectedProvider()
            _ = try await registry.deleteProvider(id)
            for _ in 1...5 {
                try await registry.finish(try await registry.send(.get, "idps/\(id)/runs")["items"][0], .failed)
            }
            let watch = Watch(registry)
            watch.listen(for: .seconds(600))
            let last = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            for (seconds, count) in [(3_000, 5), (601, 6), (0, 6)] {
                try await registry.age(last, "finished_at", by: seconds)
                try await watch.look()
                #expect(try await registry.count("runs") == count)
            }
            let next = try await registry.send(.get, "idps/\(id)/runs")["items"][0]
            #expect(next["state"] == "requested")
            #expect(try await registry.run(last)["restartedAs"] == next["id"])
            try await registry.finish(next)
            try await registry.age(next, "finished_at", by: 3_601)
            try await watch.look()
            #expect(try await registry.count("runs") == 6)
        }
    }

    @Test("the clock stands still while this registry cannot hear of runs, since it stood still, and after its start")
    func deaf() async throws {
        try await withRegistry { registry in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            try await registry.age(run, "progress_at", by: 86_400)
            let watch = Watch(registry)
            watch.listen(for: .seconds(590))
            try await watch.look()
            watch.readiness.set("stage", ready: false)
            watch.listen(for: .seconds(700))
            try await watch.look()
            watch.readiness.set("stage", ready: true)
            watch.listen(for: .seconds(590))
            try await watch.look()
            watch.standStill(for: .seconds(31))
            try await watch.look()
            watch.listen(for: .seconds(590))
            try await watch.look()
            #expect(try await registry.commands() == ["run-sync"])
            watch.listen(for: .seconds(10))
            try await watch.look()
            #expect(try await registry.commands() == ["run-sync", "cancel-run"])
        }
    }
}

extension TestRegistry {
    /// The kinds of the commands so far.
    fileprivate func commands() async throws -> [String] {
        try await published(TopicCatalogue.commands).map { record in
            String((record.header("ce_type") ?? "").split(separator: ".")[1])
        }
    }

    /// Makes it so many seconds longer ago that something happened to a run.
    func age(_ run: JSON, _ column: String, by seconds: Int) async throws {
        try await database.run(
            """
            update registry.runs
            set \(identifier: column) = \(identifier: column) - make_interval(secs => \(Double(seconds)))
            where id = \(run["id"].string ?? "")::uuid
            """
        )
    }
}

/// A watchdog that looks when it is told to, by a clock of its own.
private final class Watch: Sendable {
    let readiness = Readiness()
    private let registry: TestRegistry
    private let hearing: Hearing
    private let time: Time

    /// What the clock says.
    private final class Time: Sendable {
        let now = Mutex(ContinuousClock.now)
    }

    init(_ registry: TestRegistry) {
        let time = Time()
        self.time = time
        self.registry = registry
        hearing = Hearing(readiness) { time.now.withLock { $0 } }
    }

    /// Lets time pass, and listens meanwhile.
    func listen(for duration: Duration) {
        for _ in 0..<Int(duration / .seconds(10)) {
            time.now.withLock { $0 += .seconds(10) }
            hearing.listen()
        }
    }

    /// Lets time pass.
    func standStill(for duration: Duration) {
        time.now.withLock { $0 += duration }
        hearing.listen()
    }

    func look() async throws {
        let failures = try #require(try await registry.components.watchdog(hearing).runOnce())
        #expect(failures.isEmpty, "\(failures)")
    }
}
