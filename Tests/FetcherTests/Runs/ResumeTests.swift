import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Fetcher

extension WorkerTests {
    @Suite
    struct ResumeTests {
        @Test("after a crash another fetcher goes on from the checkpoint, and everything is counted once")
        func crash() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "3"]) { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let first = try await world.start("one")
                let run = try await world.request(source)
                try await eventually("three departments in the checkpoint") {
                    try await world.checkpoints(of: run).count == 3
                }
                await first.crash()
                let second = try await world.start("two")
                await world.wecom.letGo("user/list 5")
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(Set(messages.map { $0.envelope.position?.fence.rawValue }) == [1, 2])
                let resumed = messages.of(fence: 2)
                #expect(
                    resumed.map(\.envelope.type) == [
                        RunStarted.type, DepartmentPage.type, UserPage.type, RunFetched.type,
                    ]
                )
                #expect(resumed.allSatisfy { $0.envelope.source == "wecom-fetcher/two" })
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect(manifest.pages == 2)
                #expect(manifest.departmentsRead == 4)
                #expect(manifest.distinctUsers == 5)
                #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
                #expect(try messages.people() == ["u1", "u2", "u3", "u4", "U5"])
                #expect(await world.wecom.count(of: "user/list 2") == 1)
                try await second.stop()
                #expect(try await world.checkpoints(of: run).isEmpty)
            }
        }

        @Test("however often a run changes hands, its manifest proves all of it")
        func manyCrashes() async throws {
            try await FetcherWorld.with(.wide(40), environment: ["FETCHER_LEASE_SECONDS": "1"]) { world in
                let held = [9, 20, 33].map { "user/list \($0)" }
                for call in held { await world.wecom.next(call, .held) }
                let source = try await world.makeSource()
                let run = try await world.request(source)
                for call in held {
                    let fetcher = try await world.start()
                    try await eventually(call) { await world.wecom.isHeld(call) }
                    await fetcher.crash()
                    await world.wecom.letGo(call)
                }
                let last = try await world.start()
                let messages = try await world.records.until([RunFetched.type], of: run)
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect(manifest.departmentsRead == 40)
                #expect(manifest.distinctUsers == 40)
                let digest = (1...40).reduce(ContentDigest.zero) { $0 &+ .sum("u\($1)") }
                #expect(manifest.userDigest == digest)
                #expect(try messages.people() == Set((1...40).map { "u\($0)" }))
                try await last.stop()
            }
        }

        @Test("a fetcher that is stopped hands its run back at once")
        func gracefulStop() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "600"]) { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let first = try await world.start("one")
                let run = try await world.request(source)
                try await eventually("three departments in the checkpoint") {
                    try await world.checkpoints(of: run).count == 3
                }
                try await first.stop()
                await world.wecom.letGo("user/list 5")
                let second = try await world.start("two")
                let messages = try await world.records.until([RunFetched.type], of: run)
                // The first one may have claimed it once more just before it stopped.
                #expect(messages.last?.envelope.source == "wecom-fetcher/two")
                #expect(messages.last?.envelope.type == RunFetched.type)
                #expect(try messages.manifest()?.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
                #expect(try messages.people() == ["u1", "u2", "u3", "u4", "U5"])
                try await second.stop()
            }
        }

        @Test("what was read and could not be sent before a crash is in no checkpoint, and is read again")
        func unsentPages() async throws {
            let environment = ["FETCHER_LEASE_SECONDS": "3", "FETCHER_WINDOW_PAGES": "1"]
            try await FetcherWorld.with(.wide(100), environment: environment) { world in
                let source = try await world.makeSource()
                let first = try await world.start("one")
                let run = try await world.request(source)
                try await eventually("as much is read as may wait to be sent") {
                    await world.wecom.calls.count { $0.hasPrefix("user/list") } >= 64
                }
                _ = try await world.records.linger(.milliseconds(300))
                #expect(try await world.checkpoints(of: run).isEmpty)
                await first.crash()
                let second = try await world.start("two")
                let resumed = try await world.records.until("the other one has begun") { !$0.of(fence: 2).isEmpty }
                let position = try #require(resumed.of(fence: 2).first?.envelope.position)
                try await world.apply(pages: 1_000, of: position, run, source)
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.of(fence: 1).userPages().isEmpty)
                #expect(try messages.people() == Set((1...100).map { "u\($0)" }))
                try await second.stop()
            }
        }

        @Test("what earlier holders could not count on stays with the run")
        func shortcomingsAreKept() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "3"]) { world in
                await world.wecom.update { $0.people[2] = [#"{"name":"nobody"}"#] }
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let first = try await world.start("one")
                let run = try await world.request(source)
                try await eventually("three departments in the checkpoint") {
                    try await world.checkpoints(of: run).count == 3
                }
                await first.crash()
                await world.wecom.letGo("user/list 5")
                let second = try await world.start("two")
                let manifest = try #require(try await world.records.until([RunFetched.type], of: run).manifest())
                #expect(manifest.incompleteReasons == ["Department 2 shows 1 people without a user id."])
                #expect(manifest.isComplete == false)
                try await second.stop()
            }
        }

        @Test("a holder whose lease was taken says nothing more")
        func lostLease() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                try await eventually("the last department is asked for") {
                    await world.wecom.isHeld("user/list 5")
                }
                try await world.database.run(
                    """
                    update fetcher.leases set owner = 'another', fence = fence + 1, expires_at = now() + interval '2 seconds'
                    """
                )
                await world.wecom.letGo("user/list 5")
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(messages.of(fence: 1).map(\.envelope.type).contains(RunFetched.type) == false)
                #expect(messages.of(fence: 3).map(\.envelope.type).last == RunFetched.type)
                try await fetcher.stop()
            }
        }

        @Test("a database that restarts in the middle of a run does it no harm")
        func databaseRestart() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                try await eventually("the last department is asked for") {
                    await world.wecom.isHeld("user/list 5")
                }
                try await world.database.run(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()
                    """
                )
                await world.wecom.letGo("user/list 5")
                let manifest = try #require(try await world.records.until([RunFetched.type], of: run).manifest())
                #expect(manifest.isComplete)
                #expect(manifest.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
                try await fetcher.stop()
            }
        }

        @Test("two fetchers never hold one run, nor two runs of one identity provider")
        func twoFetchers() async throws {
            try await FetcherWorld.with(.wide(12)) { world in
                let fetchers = [try await world.start("one"), try await world.start("two")]
                let sources = [
                    try await world.makeSource(), try await world.makeSource(), try await world.makeSource(),
                ]
                var runs: [RunID] = []
                for epoch in 1...4 {
                    for source in sources { runs.append(try await world.request(source, epoch: Int64(epoch))) }
                }
                for run in runs {
                    let messages = try await world.records.until([RunFetched.type], of: run)
                    #expect(Set(messages.map { $0.envelope.position }).count == 1)
                    #expect(Set(messages.map { $0.envelope.source }).count == 1)
                    #expect(messages.count { $0.envelope.type == UserPage.type } == 12)
                }
                for source in sources {
                    let own = await world.records.messages.filter {
                        $0.envelope.identityProvider == source.identityProvider
                    }
                    let positions = own.compactMap(\.envelope.position)
                    #expect(positions == positions.sorted())
                    #expect(Set(positions.map(\.fence.rawValue)) == [1, 2, 3, 4])
                }
                for fetcher in fetchers { try await fetcher.stop() }
            }
        }
    }
}

extension FetcherWorld {
    /// The departments of the run that are done.
    func checkpoints(of run: RunID) async throws -> [Int64] {
        try await database.run("select department from fetcher.checkpoints where run = \(run.uuid) order by 1")
            .map { try $0.decode(Int64.self) }
    }
}
