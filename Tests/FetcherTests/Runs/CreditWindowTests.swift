import Kafka
import Messages
import Pipeline
import Testing

@testable import Fetcher

extension WorkerTests {
    @Suite
    struct CreditWindowTests {
        @Test("no more pages are on their way than the window allows, and the writer's reports open it")
        func window() async throws {
            try await FetcherWorld.with(.wide(10), environment: ["FETCHER_WINDOW_PAGES": "3"]) { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                var applied = 0
                while applied < 11 {
                    let allowed = min(applied + 3, 11)
                    _ = try await world.records.until("\(allowed) pages") { Self.pages($0) >= allowed }
                    let messages = try await world.records.linger(.milliseconds(150))
                    #expect(Self.pages(messages) == allowed)
                    applied += 2
                    let position = try #require(messages.first?.envelope.position)
                    try await world.apply(pages: applied, of: position, run, source)
                }
                let manifest = try await world.records.until([RunFetched.type], of: run).manifest()
                #expect(manifest?.pages == 11)
                #expect(manifest?.isComplete == true)
                try await fetcher.stop()
            }
        }

        @Test("a run yields to others that are under way on its partition: fewer of its pages are on their way")
        func yielding() async throws {
            try await FetcherWorld.with(.wide(150), environment: ["FETCHER_WINDOW_SECONDS": "0.1"]) { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                let alone = try await world.records.until("64 pages") { Self.pages($0) >= 64 }
                #expect(try await Self.pages(world.records.linger(.milliseconds(150))) == 64)
                let position = try #require(alone.first?.envelope.position)
                try await world.besideAnotherRun(at: position) {
                    try await world.apply(pages: 64, of: position, run, source)
                    _ = try await world.records.until("96 pages") { Self.pages($0) >= 96 }
                    #expect(try await Self.pages(world.records.linger(.milliseconds(150))) == 96)
                }
                try await world.apply(pages: 1_000, of: position, run, source)
                #expect(try await world.records.until([RunFetched.type], of: run).manifest()?.isComplete == true)
                try await fetcher.stop()
            }
        }

        @Test("reports of another holder open nothing")
        func otherFence() async throws {
            try await FetcherWorld.with(.wide(5), environment: ["FETCHER_WINDOW_PAGES": "2"]) { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                let messages = try await world.records.until("2 pages") { Self.pages($0) == 2 }
                var position = try #require(messages.first?.envelope.position)
                position.fence = position.fence.next
                try await world.apply(pages: 100, of: position, run, source)
                #expect(try await Self.pages(world.records.linger(.milliseconds(500))) == 2)
                position.fence = Fence(rawValue: 1)
                try await world.apply(pages: 100, of: position, run, source)
                #expect(try await world.records.until([RunFetched.type], of: run).manifest()?.isComplete == true)
                try await fetcher.stop()
            }
        }

        @Test("a run that somebody else has ended is let go")
        func endedElsewhere() async throws {
            try await FetcherWorld.with(.wide(5), environment: ["FETCHER_WINDOW_PAGES": "2"]) { world in
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                let run = try await world.request(source)
                _ = try await world.records.until("2 pages") { Self.pages($0) == 2 }
                try await world.finish(run, source)
                let next = try await world.request(source, epoch: 2, kind: .departments)
                let messages = try await world.records.until([RunFetched.type], of: next)
                #expect(messages.map(\.envelope.type).last == RunFetched.type)
                let first = await world.records.messages.filter { $0.envelope.run == run }
                #expect(first.contains { [RunFetched.type, RunAborted.type].contains($0.envelope.type) } == false)
                try await fetcher.stop()
            }
        }

        @Test("a writer that says nothing for too long ends the run")
        func silentWriter() async throws {
            let environment = ["FETCHER_WINDOW_PAGES": "1", "FETCHER_CREDIT_PATIENCE_SECONDS": "0.5"]
            try await FetcherWorld.with(environment: environment) { world in
                let fetcher = try await world.start()
                let run = try await world.request(try await world.makeSource())
                let aborted = try await world.records.until([RunAborted.type], of: run).aborted()
                #expect(aborted?.outcome == .failed)
                try await fetcher.stop()
            }
        }

        private static func pages(_ messages: [IncomingMessage]) -> Int {
            messages.count { [DepartmentPage.type, UserPage.type].contains($0.envelope.type) }
        }
    }
}

extension FetcherWorld {
    /// Reports another run on the same partition, first before `body` and then again and again until it has ended.
    fileprivate func besideAnotherRun(at position: RunPosition, _ body: () async throws -> Void) async throws {
        let run = RunID.make()
        let source = try await makeSource()
        try await apply(pages: 1, of: position, run, source)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(100))
                    try await self.apply(pages: 1, of: position, run, source)
                }
            }
            try await body()
            tasks.cancelAll()
        }
    }

    fileprivate func finish(_ run: RunID, _ source: Source) async throws {
        let envelope = Envelope(
            type: RunFinished.type,
            source: "test",
            tenant: source.tenant,
            identityProvider: source.identityProvider,
            run: run
        )
        let finished = RunFinished(
            outcome: .failed,
            counts: RunCounts(),
            currentEpoch: Epoch(rawValue: 1),
            finishedAt: .now
        )
        _ = try await producer.send(OutgoingRecord(finished, envelope: envelope, in: namespace))
    }
}
