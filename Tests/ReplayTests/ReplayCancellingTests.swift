import Kafka
import KafkaTesting
import Messages
import Pipeline
import Synchronization
import Testing

@testable import Replay

/// Replays that somebody asks to end.
@Suite(.timeLimit(.minutes(5)))
struct ReplayCancellingTests {
    private static let pages = 40

    private static let going = ReplayStanding(isWaiting: false, isOver: false, pagesApplied: 0)
    private static let asked = ReplayStanding(isWaiting: false, isOver: false, pagesApplied: 0, isAskedToEnd: true)
    private static let over = ReplayStanding(isWaiting: false, isOver: true, pagesApplied: 0, isAskedToEnd: true)

    @Test(
        "one that is asked to end tells no further, and says so under its own number and fence",
        .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS")
    )
    func cancelled() async throws {
        // Its turn, the end of the first reading and the first look come before the look at which it is asked to end.
        let standings = [Self.going, Self.going, Self.going, Self.asked, Self.asked, Self.over]
        let run = try run(Scripted(standings, try .sample()))
        let told = try await messages(of: run) { log in
            try await ReplayWork(run: run, log: log, pace: Pace(perSecond: nil)) { _ in ReplayChoice() }.tell()
        }
        #expect(told.first?.envelope.type == RunStarted.type)
        let pages = told.dropFirst().dropLast()
        #expect(pages.allSatisfy { $0.envelope.type == UserPage.type })
        #expect(pages.count < Self.pages)
        let end = try #require(told.last)
        #expect(end.envelope.type == RunAborted.type)
        #expect(end.envelope.position == RunPosition(epoch: Epoch(rawValue: 7), fence: Fence(rawValue: 1)))
        let aborted = try end.decode(RunAborted.self)
        #expect(aborted.outcome == .cancelled)
    }

    @Test(
        "one that was ended while its topic was read tells nothing at all",
        .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS")
    )
    func endedWhileRead() async throws {
        let run = try run(Scripted([Self.going, Self.over], try .sample()))
        let told = try await messages(of: run) { log in
            await #expect(throws: ReplayRefusal.self) {
                try await ReplayWork(run: run, log: log, pace: Pace(perSecond: nil)) { _ in ReplayChoice() }.tell()
            }
        }
        #expect(told.isEmpty)
    }

    @Test("one that waits for room is not told any further once it is asked to end, or is over")
    func room() async throws {
        let asked = try run(Scripted([Self.going, Self.asked], try .sample()))
        await #expect(throws: ReplayCancelled.self) { try await asked.waitForRoom(after: 1_000) }
        let over = try run(Scripted([Self.going, Self.over], try .sample()))
        await #expect(throws: ReplayRefusal.self) { try await over.waitForRoom(after: 1_000) }
    }

    @Test("one that was told to its end is aborted once, should it be asked to end before it is over")
    func end() async throws {
        var aborts = 0
        let run = try run(Scripted([Self.going, Self.asked, Self.asked, Self.over], try .sample()))
        try await run.waitForEnd { aborts += 1 }
        #expect(aborts == 1)
    }

    private func run(_ registry: Scripted) throws -> ReplayRun {
        .sample(Epoch(rawValue: 7), of: registry.configured, in: registry)
    }

    /// What is told of a run, from a topic that holds a full reading of as many pages.
    private func messages(
        of run: ReplayRun,
        telling body: (ReplayLog) async throws -> Void
    ) async throws -> [IncomingMessage] {
        let namespace = try #require(TopicNamespace(Broker.uniqueName("cancelling") + "."))
        let topics = [TopicCatalogue.wecomRecords, TopicCatalogue.progress].map {
            $0.specification(in: namespace, partitions: 1, durability: .singleBroker)
        }
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders(topics)
        let log = ReplayLog(
            topic: TopicCatalogue.wecomRecords,
            settings: Broker.settings,
            namespace: namespace,
            logger: Broker.quiet
        )
        let producer = try Producer(settings: Broker.settings, logger: Broker.quiet)
        for record in try Self.history(of: run.configuration, in: namespace) { _ = try await producer.send(record) }
        try await body(log)
        let last = RunID.make()
        _ = try await producer.send(try Self.beginning(of: last, 8, run.configuration, in: namespace))
        let told = try await messages(in: namespace.name(of: log.topic), upTo: last)
        try await admin.delete(afterUse: topics.map(\.name))
        try await admin.close()
        return told.filter { $0.envelope.run == run.id }
    }

    /// What a topic holds before the first message of a run.
    private func messages(in topic: String, upTo last: RunID) async throws -> [IncomingMessage] {
        let reader = try BroadcastConsumer(
            topics: [topic],
            from: .beginning,
            settings: Broker.settings,
            logger: Broker.quiet
        )
        var messages: [IncomingMessage] = []
        while messages.last?.envelope.run != last {
            messages += try await reader.next(upTo: 100, patience: .milliseconds(100)).map(IncomingMessage.init)
        }
        try await reader.close()
        return messages
    }

    private static func history(
        of configuration: IdentityProviderConfiguration,
        in namespace: TopicNamespace
    ) throws -> [OutgoingRecord] {
        let (run, topic) = (RunID.make(), TopicCatalogue.wecomRecords)
        let people = try (1...pages).map { page in
            let json = #"{"page":\#(page),"mappingNumber":1,"users":[{"userid":"person\#(page)"}]}"#
            return try OutgoingRecord(
                UserPage.decode(Array(json.utf8)),
                envelope: envelope(UserPage.type, run, 1, configuration),
                to: topic,
                in: namespace
            )
        }
        let end = try OutgoingRecord(
            RunFetched(manifest: WordHistory.manifest),
            envelope: envelope(RunFetched.type, run, 1, configuration),
            to: topic,
            in: namespace
        )
        return [try beginning(of: run, 1, configuration, in: namespace)] + people + [end]
    }

    private static func beginning(
        of run: RunID,
        _ epoch: Int64,
        _ configuration: IdentityProviderConfiguration,
        in namespace: TopicNamespace
    ) throws -> OutgoingRecord {
        try OutgoingRecord(
            RunStarted(kind: .full, isDryRun: false, terms: configuration.terms, requestedAt: .now),
            envelope: envelope(RunStarted.type, run, epoch, configuration),
            to: TopicCatalogue.wecomRecords,
            in: namespace
        )
    }

    private static func envelope(
        _ type: MessageType,
        _ run: RunID,
        _ epoch: Int64,
        _ configuration: IdentityProviderConfiguration
    ) -> Envelope {
        Envelope(
            type: type,
            source: "test",
            tenant: configuration.tenant,
            identityProvider: configuration.id,
            run: run,
            position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: 1))
        )
    }
}

/// A registry in which a run stands once as each of these, in their order, and then as the last.
private final class Scripted: ReplayRegistry {
    let configured: IdentityProviderConfiguration
    private let standings: [ReplayStanding]
    private let asked = Mutex(0)

    init(_ standings: [ReplayStanding], _ configuration: IdentityProviderConfiguration) {
        self.standings = standings
        configured = configuration
    }

    func standing(of run: RunID) async throws -> ReplayStanding {
        let place = asked.withLock { asked in
            asked += 1
            return asked - 1
        }
        return standings[min(place, standings.count - 1)]
    }

    func configuration(of identityProvider: IdentityProviderID) async throws -> IdentityProviderConfiguration {
        guard identityProvider == configured.id else { throw ReplayRefusal("Nobody is asked.") }
        return configured
    }
}
