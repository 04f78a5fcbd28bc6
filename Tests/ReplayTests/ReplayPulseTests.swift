import Kafka
import KafkaTesting
import Messages
import Pipeline
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct ReplayPulseTests {
    @Test("while a log is read the registry hears of the run again and again, as of one that nobody holds yet")
    func beats() async throws {
        let namespace = try #require(TopicNamespace(Broker.uniqueName("pulse") + "."))
        let topic = TopicCatalogue.progress.specification(in: namespace, partitions: 1, durability: .singleBroker)
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders([topic])
        let pulse = try pulse(namespace)
        let beats = try await pulse.beating {
            var beats: [IncomingMessage] = []
            let reader = try BroadcastConsumer(
                topics: [topic.name],
                from: .beginning,
                settings: Broker.settings,
                logger: Broker.quiet
            )
            while beats.count < 4 {
                beats += try await reader.next(upTo: 100, patience: .milliseconds(100)).map(IncomingMessage.init)
            }
            try await reader.close()
            return beats
        }
        try await admin.delete(afterUse: [topic.name])
        try await admin.close()
        for beat in beats {
            #expect(beat.envelope.run == pulse.run.id && beat.envelope.position?.fence == Fence(rawValue: 0))
            #expect(try beat.decode(StageProgress.self).stage == .fetcher)
        }
    }

    @Test("what was read is returned though no sign arrives, and its error is thrown")
    func results() async throws {
        struct Refusal: Error {}
        var pulse = try pulse(try #require(TopicNamespace("none.")))
        pulse = ReplayPulse(run: pulse.run, log: pulse.log, period: .milliseconds(10))
        #expect(try await pulse.beating { 7 } == 7)
        await #expect(throws: Refusal.self) { try await pulse.beating { throw Refusal() } }
    }

    private func pulse(_ namespace: TopicNamespace) throws -> ReplayPulse {
        let run = ReplayRun.sample(Epoch(rawValue: 3), of: try .sample(), in: Nobody())
        return ReplayPulse(
            run: run,
            log: ReplayLog(
                topic: TopicCatalogue.wecomRecords,
                settings: Broker.settings,
                namespace: namespace,
                logger: Broker.quiet
            ),
            period: .milliseconds(100)
        )
    }
}

/// A registry that is asked nothing.
private struct Nobody: ReplayRegistry {
    func standing(of run: RunID) async throws -> ReplayStanding {
        ReplayStanding(isWaiting: false, isOver: true, pagesApplied: 0)
    }

    func configuration(of identityProvider: IdentityProviderID) async throws -> IdentityProviderConfiguration {
        throw ReplayRefusal("Nobody is asked.")
    }
}
