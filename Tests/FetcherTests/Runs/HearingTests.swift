import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Runtime
import Testing

@testable import Fetcher

extension WorkerTests {
    /// Silence means something: a run that is worked on or waits is heard of.
    @Suite
    struct HearingTests {
        @Test("a run that waits in the inbox is heard of")
        func waiting() async throws {
            try await FetcherWorld.with { world in
                await world.wecom.next("user/list 5", .held)
                let source = try await world.makeSource()
                let fetcher = try await world.start()
                _ = try await world.request(source)
                let waiting = try await world.request(source, epoch: 2)
                try await eventually("it waits, and was heard of long ago") {
                    try await world.database.run(
                        """
                        update fetcher.inbox set told_at = now() - interval '31 seconds'
                        where run = \(waiting.uuid) returning run
                        """
                    ).count == 1
                }
                let heard = try #require(try await world.progress.until([StageProgress.type], of: waiting).first)
                #expect(try heard.decode(StageProgress.self) == StageProgress(stage: .fetcher, pages: 0))
                #expect(heard.envelope.position == RunPosition(epoch: Epoch(rawValue: 2), fence: Fence(rawValue: 0)))
                await world.wecom.letGo("user/list 5")
                try await fetcher.stop()
            }
        }

        @Test("a run on which nothing happens is heard of")
        func silence() async throws {
            try await FetcherWorld.with { world in
                let lease = Lease(run: .sample(), fence: Fence(rawValue: 3), claimedAt: .now)
                let sender = RunSender(
                    lease,
                    producer: world.producer,
                    namespace: world.namespace,
                    source: "test",
                    credit: Credit(window: Window(most: 10, delay: .seconds(1)), patience: .seconds(1)),
                    silence: .milliseconds(100)
                )
                let task = Task<Void, any Error> { try await sender.beat() }
                let heard = try await world.progress.until("three signs of life") { $0.count >= 3 }
                #expect(heard.allSatisfy { $0.envelope.position == lease.position })
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
        }

        @Test("a holder that no broker hears of gives the run up, though it only waits")
        func unheard() async throws {
            let settings = ["bootstrap.servers": "127.0.0.1:9", "delivery.timeout.ms": "500"]
            let sender = RunSender(
                Lease(run: .sample(), fence: Fence(rawValue: 3), claimedAt: .now),
                producer: try Producer(settings: settings, logger: Broker.quiet),
                namespace: .none,
                source: "test",
                credit: Credit(window: Window(most: 10, delay: .seconds(1)), patience: .seconds(600)),
                silence: .milliseconds(100)
            )
            await #expect(throws: KafkaError.self) { try await sender.beat() }
        }

        @Test("a run that the writer takes no pages of ends within minutes")
        func patience() throws {
            let settings = try Environment([
                "KAFKA_BOOTSTRAP_SERVERS": "localhost:1", "DATABASE_URL": "postgresql://localhost/x",
                "SEALING_KEYS": "k1:" + String(repeating: "A", count: 43) + "=",
            ]).settings(FetcherSettings.init)
            #expect(settings.creditPatience == .seconds(300))
        }
    }
}
