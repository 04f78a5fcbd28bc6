import KafkaTesting
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Testing

@testable import Fetcher

extension WorkerTests {
    /// Who is asked to stop stops in time, whatever is away.
    @Suite
    struct StoppingTests {
        @Test("a fetcher stops in time in the middle of a run, though the database swallows everything")
        func databaseSwallows() async throws {
            try await FetcherWorld.with(environment: ["FETCHER_LEASE_SECONDS": "5"]) { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let (proxy, url) = try SwallowingProxy.before(world.databaseURL)
                let first = try await world.start("one", ["DATABASE_URL": url])
                let run = try await world.request(source)
                try await eventually("three departments in the checkpoint") {
                    try await world.checkpoints(of: run).count == 3
                }
                proxy.swallow()
                let start = ContinuousClock.now
                try await first.stop()
                #expect(ContinuousClock.now - start < .seconds(10))
                await world.wecom.letGo("user/list 5")
                // The lease runs out, and another one goes on.
                let second = try await world.start("two")
                let messages = try await world.records.until([RunFetched.type], of: run)
                #expect(try messages.manifest()?.userDigest == .sum("u1", "u2", "u3", "u4", "u5"))
                try await second.stop()
                proxy.close()
            }
        }
    }
}
