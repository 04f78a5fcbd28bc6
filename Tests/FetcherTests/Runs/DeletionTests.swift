import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Fetcher

extension WorkerTests {
    /// A deletion is a run, overtakes all others, and waits for nothing.
    @Suite
    struct DeletionTests {
        @Test("a deletion needs no configuration, no credentials and no WeCom")
        func bare() async throws {
            try await FetcherWorld.with { world in
                let source = FetcherWorld.Source(tenant: .make(), identityProvider: .make(), terms: RunTerms())
                let fetcher = try await world.start()
                let run = try await world.request(source, kind: .delete, revision: 99)
                let messages = try await world.records.until([RunFetched.type, RunAborted.type], of: run)
                #expect(messages.map(\.envelope.type) == [RunStarted.type, RunFetched.type])
                #expect(try messages[0].decode(RunStarted.self).kind == .delete)
                let manifest = try #require(try messages.manifest())
                #expect(manifest.isComplete)
                #expect((manifest.pages, manifest.distinctUsers, manifest.departmentsExpected) == (0, 0, 0))
                #expect(await world.wecom.calls.isEmpty)
                try await fetcher.stop()
            }
        }

        @Test("runs that have not begun are answered as cancelled, though they were to wait")
        func queued() async throws {
            try await FetcherWorld.with { world in
                let first = try await world.start("one")
                try await first.stop()
                let source = try await world.makeSource()
                let runs = [try await world.request(source, epoch: 1), try await world.request(source, epoch: 2)]
                let other = try await world.makeSource()
                let untouched = try await world.request(other, epoch: 1)
                let second = try await world.start("two")
                for run in runs { _ = try await world.records.until([RunFetched.type], of: run) }
                _ = try await world.records.until([RunFetched.type], of: untouched)
                await world.wecom.next("user/list 5", .held)
                let waiting = try await world.request(source, epoch: 3)
                try await eventually("the third run is worked on") {
                    await world.wecom.isHeld("user/list 5")
                }
                let late = [try await world.request(source, epoch: 4), try await world.request(source, epoch: 5)]
                try await eventually("two runs wait") {
                    try await world.database.run(
                        """
                        update fetcher.inbox set not_before = now() + interval '1 hour'
                        where state = 'queued' and idp = \(source.identityProvider.uuid) returning run
                        """
                    ).count == 2
                }
                let deletion = try await world.request(source, epoch: 6, kind: .delete)
                for run in late {
                    let finished = try await world.progress.until([RunFinished.type], of: run).last
                    let answer = try #require(try finished?.decode(RunFinished.self))
                    #expect((answer.outcome, answer.cause) == (.cancelled, .deleted))
                    #expect(answer.currentEpoch.rawValue == 6)
                }
                _ = try await world.records.until([RunFetched.type], of: deletion)
                #expect(
                    await !world.progress.messages.contains {
                        $0.envelope.type == RunFinished.type
                            && ($0.envelope.run == waiting || $0.envelope.run == untouched)
                    }
                )
                await world.wecom.letGo("user/list 5")
                try await second.stop()
            }
        }

        @Test("a run that has begun is ended in the log before the deletion begins, and its holder says nothing more")
        func begun() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "600"]) { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                try await eventually("the last department is asked for") {
                    await world.wecom.isHeld("user/list 5")
                }
                let deletion = try await world.request(source, epoch: 2, kind: .delete)
                _ = try await world.records.until([RunFetched.type], of: deletion)
                await world.wecom.letGo("user/list 5")
                let messages = try await world.records.linger(.milliseconds(1_500))
                let ends = messages.filter { $0.envelope.position?.fence.rawValue == 2 }
                #expect(
                    ends.map(\.envelope.type) == [
                        RunStarted.type, RunAborted.type, RunStarted.type, RunFetched.type,
                    ]
                )
                #expect(ends.map(\.envelope.run) == [run, run, deletion, deletion])
                #expect(ends.map { $0.envelope.position?.epoch.rawValue } == [1, 1, 2, 2])
                let aborted = try ends[1].decode(RunAborted.self)
                #expect((aborted.outcome, aborted.cause) == (.cancelled, .deleted))
                #expect(!messages.of(fence: 1).contains { $0.envelope.type == RunFetched.type })
                // The writer answers it.
                #expect(await !world.progress.messages.contains { $0.envelope.type == RunFinished.type })
                try await eventually("nothing is open") {
                    try await world.database.run("select from fetcher.inbox where state <> 'done'").isEmpty
                }
                #expect(try await world.checkpoints(of: run).isEmpty)
                try await fetcher.stop()
            }
        }

        @Test("a deletion that names another tenant ends nobody's run")
        func foreign() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                try await eventually("the last department is asked for") {
                    await world.wecom.isHeld("user/list 5")
                }
                var foreign = source
                foreign.tenant = .make()
                let deletion = try await world.request(foreign, epoch: 2, kind: .delete)
                let finished = try await world.progress.until([RunFinished.type], of: deletion).last
                #expect(try finished?.decode(RunFinished.self).cause == .foreignTenant)
                await world.wecom.letGo("user/list 5")
                #expect(try await world.records.until([RunFetched.type, RunAborted.type], of: run).aborted() == nil)
                #expect(await !world.records.messages.contains { $0.envelope.run == deletion })
                try await fetcher.stop()
            }
        }

        @Test("a run of a deleted identity provider is cancelled, also in the middle")
        func deletedMeanwhile() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.next("user/list 3", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                try await eventually("a department is asked for") {
                    await world.wecom.isHeld("user/list 3")
                }
                try await world.publish(
                    world.configuration(of: source).deleted(as: Revision(rawValue: 2)),
                    source
                )
                let late = try await world.request(try await world.makeSource(), epoch: 1, kind: .departments)
                _ = try await world.records.until([RunFetched.type], of: late)
                await world.wecom.letGo("user/list 3")
                let aborted = try await world.records.until([RunAborted.type, RunFetched.type], of: run).aborted()
                #expect(aborted?.cause == .deleted)
                let next = try await world.request(source, epoch: 2)
                let messages = try await world.records.until([RunAborted.type, RunFetched.type], of: next)
                #expect(try messages.aborted()?.outcome == .cancelled)
                try await fetcher.stop()
            }
        }
    }
}
