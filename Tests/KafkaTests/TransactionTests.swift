import Failures
import Kafka
import KafkaTesting
import Testing

/// Producers that write in transactions, on the mock cluster and on a broker that has real ones.
@Suite(.timeLimit(.minutes(5)))
struct TransactionTests {
    let cluster = MockCluster(brokers: 3)

    private func makeProducer(_ settings: [String: String] = [:]) async throws -> TransactionalProducer {
        try await makeProducer("relay", cluster.settings.merging(settings) { $1 })
    }

    private func makeProducer(_ id: String, _ settings: [String: String]) async throws -> TransactionalProducer {
        let producer = try TransactionalProducer(settings: settings, transactionalID: id, logger: Broker.quiet)
        try await producer.initTransactions()
        return producer
    }

    private func read(_ count: Int) async throws -> [Int] {
        var reader = try Member(on: cluster)
        try await reader.read(count)
        try await reader.consumer.close()
        return reader.values
    }

    @Test("transactions come one after the other, each in its order")
    func order() async throws {
        try cluster.createTopic("people")
        let producer = try await makeProducer()
        for round in 0..<5 {
            try await producer.sendTransaction((0..<100).map { OutgoingRecord(round * 100 + $0) })
        }
        #expect(try await read(500) == Array(0..<500))
    }

    @Test("brokers that refuse for a while get every record once and in order")
    func retriedErrors() async throws {
        try cluster.createTopic("people")
        let producer = try await makeProducer(["retry.backoff.ms": "50"])
        cluster.pushErrors(.produce, [.notLeader, .notEnoughReplicas, .requestTimedOut])
        try await producer.sendTransaction((0..<100).map { OutgoingRecord($0) })
        #expect(try await read(100) == Array(0..<100))
    }

    @Test("a record that is too large is told from trouble that passes, and the next transaction works")
    func tooLarge() async throws {
        try cluster.createTopic("people")
        let producer = try await makeProducer(["message.max.bytes": "2000"])
        let large = OutgoingRecord(topic: "people", key: "ann", value: Array(repeating: 1, count: 3_000))
        let error = await #expect(throws: KafkaError.self) {
            try await producer.sendTransaction([OutgoingRecord(0), large])
        }
        #expect(error?.failureClass == .permanent)
        try await producer.sendTransaction([OutgoingRecord(1)])
    }

    @Test("while the brokers are away it hears cancellation, and goes on when they are back")
    func outage() async throws {
        try cluster.createTopic("people")
        let producer = try await makeProducer(["reconnect.backoff.max.ms": "200"])
        try await producer.sendTransaction([OutgoingRecord(0)])
        try cluster.stopBrokers()
        let sender = Task { try await producer.sendTransaction([OutgoingRecord(1)]) }
        sender.cancel()
        let start = ContinuousClock.now
        await #expect(throws: (any Error).self) { try await sender.value }
        #expect(ContinuousClock.now - start < .seconds(5))
        try cluster.startBrokers()
        try await producer.sendTransaction([OutgoingRecord(2)])
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the later one") { $0.values.contains(2) }
        #expect(reader.values.first == 0)
        try await reader.consumer.close()
    }

    @Test(
        "behind the last record of a transaction nothing is left to be read, though the log goes on",
        .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS names no broker")
    )
    func tail() async throws {
        try await Broker.withTopic("tail") { topic in
            let partition = TopicPartition(topic: topic, partition: 0)
            let producer = try await makeProducer(Broker.uniqueName("relay"), Broker.settings)
            try await producer.sendTransaction((0..<3).map { OutgoingRecord($0, to: topic) })
            var member = try Member(of: Broker.uniqueName("group"), topics: [topic], settings: Broker.settings)
            try await member.read(3)
            let next = try #require(member.records.last?.position.offset) + 1
            try await member.pollUntil("the end of the log") { member in
                member.consumer.reachedEnd(of: partition).map { $0 > next } ?? false
            }
            let end = try #require(member.consumer.reachedEnd(of: partition))
            let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
            #expect(try await admin.endOffsets(topic) == [0: end])
            #expect(try await admin.vacant([partition: next..<end]) == [partition])
            #expect(try await admin.vacant([partition: (next - 1)..<end]).isEmpty)
            try await producer.sendTransaction([OutgoingRecord(3, to: topic)])
            try await member.read(4)
            #expect(try await admin.vacant([partition: next..<end]) == [partition])
            #expect(try await admin.vacant([partition: next..<(end + 1)]).isEmpty)
            try await admin.close()
            try await member.consumer.close()
        }
    }

    @Test(
        "a later producer of the same name fences an earlier one, whose open transaction nobody sees",
        .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS names no broker")
    )
    func fencing() async throws {
        try await Broker.withTopic("transactions") { topic in
            let id = Broker.uniqueName("relay")
            let first = try await makeProducer(id, Broker.settings)
            try await first.sendTransaction([OutgoingRecord(1, to: topic)])
            let second = try await makeProducer(id, Broker.settings)
            let error = await #expect(throws: KafkaError.self) {
                try await first.sendTransaction([OutgoingRecord(2, to: topic)])
            }
            #expect(error?.isFenced == true, "\(String(describing: error))")
            #expect(error?.failureClass == .fatal)
            try await second.sendTransaction([OutgoingRecord(3, to: topic)])
            var member = try Member(of: Broker.uniqueName("group"), topics: [topic], settings: Broker.settings)
            try await member.read(2)
            #expect(member.values == [1, 3])
            // The markers of transactions take offsets.
            #expect(member.records.map(\.position.offset) != [0, 1])
            try await member.commit()
            try await member.consumer.close()
        }
    }
}
