import Kafka
import KafkaTesting
import Logging
import Testing

@Suite(.timeLimit(.minutes(5))) struct LeaderTests {
    @Test("a topic of which a partition has no leader is told, and so is one that is not there")
    func leaderless() async throws {
        let cluster = MockCluster()
        try cluster.createTopic("whole", partitions: 2)
        try cluster.createTopic("headless", partitions: 2)
        try cluster.takeLeader(of: "headless", partition: 1)
        let admin = try Admin(settings: cluster.settings, logger: Broker.quiet)
        let names = ["whole", "headless", "missing"]
        #expect(try await admin.topicsWithoutLeader(of: names) == ["headless", "missing"])
        try cluster.giveLeader(to: "headless", partition: 1)
        #expect(try await admin.topicsWithoutLeader(of: names) == ["missing"])
        #expect(try await admin.topicsWithoutLeader(of: names, partitions: 2) == ["missing"])
        try await admin.close()
    }

    @Test("a topic with fewer partitions than it was given has not got its leaders yet")
    func fewer() async throws {
        let cluster = MockCluster()
        try cluster.createTopic("grown", partitions: 2)
        let admin = try Admin(settings: cluster.settings, logger: Broker.quiet)
        try await admin.awaitLeaders(of: ["grown"], partitions: 2)
        #expect(try await admin.topicsWithoutLeader(of: ["grown"], partitions: 3) == ["grown"])
        let error = await #expect(throws: KafkaError.self) {
            try await admin.awaitLeaders(of: ["grown"], partitions: 3, within: .milliseconds(200))
        }
        #expect(error?.code == .leaderNotAvailable)
        try await admin.close()
    }

    @Test("where logs end is told though leaders move meanwhile")
    func moving() async throws {
        let cluster = MockCluster()
        try cluster.createTopic("people")
        let admin = try Admin(settings: cluster.settings, logger: Broker.quiet)
        cluster.pushErrors(.listOffsets, [.notLeader, .notLeader])
        #expect(try await admin.endOffsets("people") == [0: 0])
        cluster.pushErrors(.listOffsets, [.notLeader])
        #expect(try await admin.offsets(at: [TopicPartition(topic: "people", partition: 0): 1]).isEmpty)
        try await admin.close()
    }

    @Test(
        "topics that were created and waited for can be written to at once",
        .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS")
    )
    func created() async throws {
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        let topic = TopicSpecification(name: Broker.uniqueName("leaders"), partitions: 3, replication: 1)
        try await admin.createAndAwaitLeaders([topic])
        #expect(try await admin.topicsWithoutLeader(of: [topic.name]).isEmpty)
        try await admin.delete([topic.name])
        try await admin.close()
    }
}
