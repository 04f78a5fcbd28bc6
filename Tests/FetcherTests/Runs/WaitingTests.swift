import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Fetcher

extension WorkerTests {
    /// Runs that have to wait keep nobody else waiting.
    @Suite
    struct WaitingTests {
        @Test("a run that WeCom's limit outlasts goes back with its checkpoint, is told of, and goes on from there")
        func postponed() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.whenever("user/list 5", .error(45009))
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                try await eventually("the run waits") {
                    try await world.database.run(
                        """
                        select from fetcher.inbox i join fetcher.leases l on l.idp = i.idp
                        where i.state = 'queued' and i.not_before > now() + interval '50 seconds' and l.owner is null
                        """
                    ).count == 1
                }
                #expect(try await world.checkpoints(of: run).count == 3)
                try await world.database.run("update fetcher.inbox set told_at = now() - interval '1 minute'")
                _ = try await world.progress.until("the run is told of") {
                    $0.contains { $0.envelope.run == run && $0.envelope.position?.fence.rawValue == 0 }
                }
                await world.wecom.whenever("user/list 5", .body(#"{"errcode":0,"userlist":[]}"#))
                try await world.database.run("update fetcher.inbox set not_before = now()")
                let messages = try await world.records.until([RunFetched.type, RunAborted.type], of: run)
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect(manifest.departmentsRead == 4)
                #expect(messages.last?.envelope.position?.fence.rawValue == 2)
                #expect(await world.wecom.count(of: "user/list 2") == 1)
                try await fetcher.stop()
            }
        }

        @Test("a visible range that WeCom's limit holds back makes the run wait, too")
        func range() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.whenever("agent/get", .error(45009))
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                for (epoch, kind) in [(1, RunSync.Kind.full), (2, .apply), (3, .objects)] {
                    let target = RunTarget(users: ["u1"])
                    let run = try await world.request(source, epoch: Int64(epoch), kind: kind, target: target)
                    try await eventually("the run waits") {
                        try await world.database.run(
                            "select from fetcher.inbox where run = \(run.uuid) and state = 'queued' and waits = 1"
                        ).count == 1
                    }
                    try await world.send(CancelRun(run: run, epoch: Epoch(rawValue: Int64(epoch))), source)
                    let aborted = try await world.records.until([RunAborted.type], of: run).aborted()
                    #expect(aborted?.outcome == .cancelled)
                }
                try await fetcher.stop()
            }
        }

        @Test(
            "people who are asked for one by one are asked once, also where WeCom's limit comes between",
            arguments: [RunSync.Kind.full, .objects]
        )
        func people(kind: RunSync.Kind) async throws {
            try await FetcherWorld.with(environment: ["FETCHER_CONCURRENT_CALLS": "1"]) { world in
                let users = ["p1", "p2", "p3", "p4"]
                await world.wecom.update { wecom in
                    wecom.agent = ScriptedWeCom.agent([], users: users)
                    for user in ["p1", "p3", "p4"] {
                        wecom.persons[user] = #"{"errcode":0,"userid":"\#(user)","department":[9]}"#
                    }
                }
                await world.wecom.whenever("user/get p3", .error(45009))
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source, kind: kind, target: RunTarget(users: users))
                try await eventually("the run waits") {
                    try await world.database.run(
                        "select from fetcher.inbox where run = \(run.uuid) and state = 'queued' and waits = 1"
                    ).count == 1
                }
                let rows = try await world.database.run(
                    "select count(*) from fetcher.checkpoint_people where run = \(run.uuid)"
                )
                #expect(try rows.decode(Int.self) == [2])
                await world.wecom.whenever("user/get p3", .body(#"{"errcode":0,"userid":"p3","department":[9]}"#))
                try await world.database.run("update fetcher.inbox set not_before = now()")
                let messages = try await world.records.until([RunFetched.type, RunAborted.type], of: run)
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect((manifest.distinctUsers, manifest.userDigest) == (3, .sum("p1", "p3", "p4")))
                #expect(manifest.incompleteReasons.count == 1)
                if kind == .objects {
                    #expect(manifest.findings.map(\.answer) == [.present, .absent, .present, .present])
                    #expect(manifest.findings[1].code == 60111)
                }
                #expect(try messages.people() == ["p1", "p3", "p4"])
                for user in ["p1", "p2", "p4"] { #expect(await world.wecom.count(of: "user/get \(user)") == 1) }
                try await fetcher.stop()
            }
        }

        @Test("many runs that wait for the writer leave room for others")
        func credit() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_WINDOW_PAGES": "1"]) { world in
                let fetcher = try await world.start()
                var runs: Set<RunID> = []
                for _ in 0..<10 { runs.insert(try await world.request(try await world.makeSource())) }
                let waiting = runs
                _ = try await world.records.until("all runs have sent what they may") { messages in
                    waiting.allSatisfy { run in messages.count { $0.envelope.run == run } == 2 }
                }
                let source = try await world.makeSource()
                let apply = try await world.request(source, kind: .apply)
                #expect(try await world.records.until([RunFetched.type], of: apply).manifest() != nil)
                try await fetcher.stop()
            }
        }
    }
}
