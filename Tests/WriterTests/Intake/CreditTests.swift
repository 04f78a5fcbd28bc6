import Kafka
import KafkaTesting
import Messages
import Outbox
import Pipeline
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct CreditTests {
    @Test("the pages that are in the database are told to the fetcher, under the holder's own fence")
    func told() async throws {
        try await WriterWorld.with { world in
            let source = Source()
            let first = RunLog.Run(source: source)
            var second = first
            second.fence = 2
            var log = RunLog()
            try log.start(first)
            try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: first)
            try log.append(UserBatch(page: 2, users: [person("ann"), person("bob")]), of: first)
            try log.start(second)
            try log.append(UserBatch(page: 1, users: [person("cid")]), of: second)
            try await world.assignedIntake().read(log, by: 1)
            let messages = try await world.progress(5)
            let told = try messages.map { try $0.decode(StageProgress.self) }
            #expect(told.map(\.pages) == [0, 1, 2, 0, 1])
            #expect(told.map(\.usersSeen) == [0, 0, 2, 2, 3])
            #expect(told.allSatisfy { $0.stage == .writer })
            #expect(messages.map { $0.envelope.position?.fence.rawValue } == [1, 1, 1, 2, 2])
        }
    }

    @Test("what the brokers did not take is told again, and what they took is not")
    func toldAgain() async throws {
        let cluster = MockCluster()
        let topic = TopicNamespace.none.name(of: TopicCatalogue.progress)
        try cluster.createTopic(topic)
        let settings = cluster.settings.merging(["delivery.timeout.ms": "2000", "reconnect.backoff.max.ms": "200"]) {
            $1
        }
        let credit = CreditReporting(
            producer: try Producer(settings: settings, logger: Broker.quiet),
            publishing: ChangePublishing(outbox: Outbox(schema: "none"), namespace: .none, source: "test")
        )
        let source = SourceState(identityProvider: .make(), standing: SourceStanding(tenant: .make()))
        var run = activeRun()
        run.note(page: 1)
        try cluster.stopBrokers()
        await #expect(throws: KafkaError.self) { try await credit.report(run, of: source) }
        try cluster.startBrokers()
        for page in [1, 1, 2] {
            run.note(page: page)
            try await credit.report(run, of: source)
        }
        let consumer = try BroadcastConsumer(
            topics: [topic],
            from: .beginning,
            settings: cluster.settings,
            logger: Broker.quiet
        )
        var pages: [Int] = []
        try await eventually("both reports") {
            for record in try await consumer.next(upTo: 10, patience: .milliseconds(100)) {
                pages.append(try IncomingMessage(record).decode(StageProgress.self).pages)
            }
            return pages.contains(2)
        }
        try await consumer.close()
        #expect(pages == [1, 2])
    }
}
