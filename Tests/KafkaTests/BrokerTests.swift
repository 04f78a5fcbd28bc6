import Failures
import Kafka
import KafkaTesting
import ServiceLifecycle
import Testing

/// What only a broker of its own can show: administration, and a real load.
@Suite(
    .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS names no broker"),
    .timeLimit(.minutes(5))
)
struct BrokerTests {
    private func makeAdmin() throws -> Admin {
        try Admin(settings: Broker.settings, logger: Broker.quiet)
    }

    private func makeProducer() throws -> Producer {
        try Producer(settings: Broker.settings, logger: Broker.quiet)
    }

    private func makeMember(
        of group: String,
        _ topic: String,
        instanceID: String? = nil,
        _ settings: [String: String] = [:]
    ) throws -> Member {
        try Member(
            of: group,
            topics: [topic],
            instanceID: instanceID,
            settings: Broker.settings.merging(settings) { $1 }
        )
    }

    @Test("topics are created once, described and deleted")
    func topics() async throws {
        let admin = try makeAdmin()
        let name = Broker.uniqueName("topic")
        let topic = TopicSpecification(
            name: name,
            partitions: 3,
            replication: 1,
            configuration: ["retention.ms": "3600000", "cleanup.policy": "compact"]
        )
        try await admin.createAndAwaitLeaders([topic])
        try await admin.create([topic])
        // Another broker than the one that was asked for leaders may hear of it a moment later.
        try await eventually("it is known") { try await admin.describe([name])[name] != nil }
        let description = try #require(await admin.describe([name, "absent.\(name)"])[name])
        #expect(description.partitions == 3)
        #expect(description.configuration["retention.ms"] == "3600000")
        #expect(description.configuration["cleanup.policy"] == "compact")
        #expect(try await admin.describe(["absent.\(name)"]).isEmpty)
        try await eventually("it is listed") { try await admin.topicNames().contains(name) }

        try await admin.delete([name])
        try await eventually("it is gone") { try await !admin.topicNames().contains(name) }
        try await admin.delete([name])
        try await admin.close()
    }

    @Test("a topic gets more partitions, and what has a key is still read in its order, one partition after the other")
    func growth() async throws {
        let (admin, name) = (try makeAdmin(), Broker.uniqueName("growth"))
        try await admin.createAndAwaitLeaders([TopicSpecification(name: name, partitions: 2, replication: 1)])
        try await write(0..<200, to: name)
        try await admin.grow(name, to: 6)
        try await admin.awaitLeaders(of: [name], partitions: 6)
        let told = try await writeToGrown(200..<400, to: name)

        let reader = try BroadcastConsumer(
            topics: [name],
            from: .beginning,
            in: .byPartition,
            settings: Broker.settings,
            logger: Broker.quiet
        )
        var records: [Record] = []
        while try await !reader.isCaughtUp() {
            records += try await reader.poll(upTo: 50, patience: .milliseconds(100))
        }
        #expect(records.count == 200 + told)
        #expect(Set(records.map(\.position.partition)).count > 2)
        for numbers in Dictionary(grouping: records, by: \.key).mapValues({ $0.map(\.number) }).values {
            #expect(numbers == numbers.sorted())
        }
        await #expect(throws: KafkaError.self) { try await admin.grow(name, to: 3) }
        try await reader.close()
        try await admin.delete([name])
        try await admin.close()
    }

    /// Numbers with one key each in twenty, by a client that has just asked for the topic's partitions.
    private func write(_ numbers: Range<Int>, to topic: String) async throws {
        let producer = try makeProducer()
        try await producer.send(numbers.map { OutgoingRecord($0, to: topic, key: "k\($0 % 20)") })
    }

    /// The same, by a client that knows of the partitions beyond the first two, which it may hear of later than others.
    ///
    /// - Returns: How many were written, with those that it found out by.
    private func writeToGrown(_ numbers: Range<Int>, to topic: String) async throws -> Int {
        let settings = Broker.settings.merging(["topic.metadata.refresh.interval.ms": "200"]) { $1 }
        let producer = try Producer(settings: settings, logger: Broker.quiet)
        var written = 0
        try await eventually("the writer knows of new partitions") {
            let tries = (0..<20).map { OutgoingRecord(numbers.lowerBound, to: topic, key: "k\($0)") }
            let places = try await producer.send(tries)
            written += places.count
            return places.contains { $0.partition >= 2 }
        }
        try await producer.send(numbers.map { OutgoingRecord($0, to: topic, key: "k\($0 % 20)") })
        return written + numbers.count
    }

    @Test("looking for a topic does not create it")
    func lookingCreatesNothing() async throws {
        let admin = try makeAdmin()
        let name = Broker.uniqueName("absent")
        let error = await #expect(throws: KafkaError.self) { try await admin.endOffsets(name) }
        #expect(error?.code == .unknownTopic)
        #expect(try await !admin.topicNames().contains(name))
        try await admin.close()
    }

    @Test("a topic's offsets tell where it begins and ends")
    func offsets() async throws {
        try await Broker.withTopic("offsets", partitions: 2) { topic in
            let admin = try makeAdmin()
            try await eventually("it is known, and empty") { try await ends(of: topic, admin) == [0: 0, 1: 0] }
            let positions = try await makeProducer().send((0..<50).map { OutgoingRecord($0, to: topic, key: "k\($0)") })
            let counts = Dictionary(grouping: positions, by: \.partition).mapValues { Int64($0.count) }
            #expect(try await admin.endOffsets(topic) == counts)
            #expect(try await admin.beginningOffsets(topic) == [0: 0, 1: 0])
            try await admin.close()
        }
    }

    /// Where a topic ends; nil as long as the broker that is asked has not heard of it.
    private func ends(of topic: String, _ admin: Admin) async throws -> [Int32: Int64]? {
        do {
            return try await admin.endOffsets(topic)
        } catch let error as KafkaError where error.isRetriable {
            return nil
        }
    }

    @Test("a group's commits are listed")
    func groups() async throws {
        try await Broker.withTopic("groups") { topic in
            let admin = try makeAdmin()
            let group = Broker.uniqueName("group")
            try await makeProducer().send((0..<10).map { OutgoingRecord($0, to: topic) })
            var member = try makeMember(of: group, topic)
            try await member.read(10)
            try await member.commit()
            #expect(try await admin.committedOffsets(group: group) == [TopicPartition(topic: topic, partition: 0): 10])
            try await member.consumer.close()
            try await admin.close()
        }
    }

    @Test("a static member that died has its partitions again as soon as it is back")
    func staticMember() async throws {
        try await Broker.withTopic("static", partitions: 2) { topic in
            let group = Broker.uniqueName("group")
            let producer = try makeProducer()
            for round in 0..<3 {
                var member = try makeMember(of: group, topic, instanceID: "a")
                try await producer.send((0..<10).map { OutgoingRecord(round * 10 + $0, to: topic, key: "k\($0)") })
                try await member.read(10)
                #expect(member.values.sorted() == Array((round * 10)..<(round * 10 + 10)))
                try await member.commit()
                // A static member does not leave: to the broker this is a crash.
                try await member.consumer.close()
            }
        }
    }

    @Test("a second process with the same instance id ends the first")
    func fencing() async throws {
        try await Broker.withTopic("fenced") { topic in
            let group = Broker.uniqueName("group")
            try await makeProducer().send([OutgoingRecord(0, to: topic)])
            var first = try makeMember(of: group, topic, instanceID: "a", ["heartbeat.interval.ms": "200"])
            try await first.read(1)
            var second = try makeMember(of: group, topic, instanceID: "a")
            try await second.read(1)
            let error = await #expect(throws: KafkaError.self) {
                try await first.pollUntil(within: .seconds(10), "the first hears of it") { _ in false }
            }
            #expect(error?.code == .fencedInstance)
            #expect(error?.failureClass == .fatal)
            try await second.consumer.close()
            try await first.consumer.close()
        }
    }

    @Test("a topic created after its reader is read")
    func lateTopic() async throws {
        let admin = try makeAdmin()
        let topic = Broker.uniqueName("late")
        let settings = ["topic.metadata.refresh.interval.ms": "500"]
        var member = try makeMember(of: Broker.uniqueName("group"), topic, settings)
        for _ in 0..<5 { try await member.poll(patience: .milliseconds(100)) }
        try await admin.create([TopicSpecification(name: topic, partitions: 1, replication: 1)])
        try await makeProducer().send([OutgoingRecord(1, to: topic)])
        try await member.read(1)
        #expect(member.values == [1])
        try await member.consumer.close()
        try await admin.delete([topic])
    }

    @Test("20,000 records come through, in order for each key")
    func load() async throws {
        try await Broker.withTopic("load", partitions: 6) { topic in
            let filler = String(repeating: "x", count: 390)
            let records = (0..<20_000).map { number in
                OutgoingRecord(topic: topic, key: "k\(number % 101)", value: Array("\(number) \(filler)".utf8))
            }
            let producer = try makeProducer()
            for start in stride(from: 0, to: records.count, by: 5_000) {
                try await producer.send(Array(records[start..<(start + 5_000)]))
            }
            var member = try makeMember(of: Broker.uniqueName("load"), topic)
            try await member.read(20_000)
            try await member.commit()
            try await member.consumer.close()
            let read = member.records
            #expect(read.count == 20_000)
            let byKey = Dictionary(grouping: read) { String(decoding: $0.key ?? [], as: UTF8.self) }
            #expect(byKey.count == 101)
            for (key, records) in byKey {
                let numbers = records.map {
                    Int(String(decoding: $0.value ?? [], as: UTF8.self).prefix { $0 != " " }) ?? -1
                }
                #expect(numbers == Array(stride(from: numbers[0], to: 20_000, by: 101)), "\(key)")
            }
        }
    }

    @Test("all of a topic is read without a group, and caught up with")
    func broadcast() async throws {
        try await Broker.withTopic("broadcast", partitions: 3, configuration: ["cleanup.policy": "compact"]) { topic in
            try await makeProducer().send((0..<300).map { OutgoingRecord($0, to: topic, key: "k\($0)") })
            let reader = try BroadcastConsumer(
                topics: [topic],
                from: .beginning,
                settings: Broker.settings,
                logger: Broker.quiet
            )
            var numbers: [Int] = []
            try await eventually("caught up") {
                numbers += try await reader.poll(upTo: 100, patience: .milliseconds(100)).map(\.number)
                return try await reader.isCaughtUp()
            }
            #expect(numbers.sorted() == Array(0..<300))
            try await reader.close()
        }
    }

    @Test("a producer service flushes when it is told to stop")
    func flush() async throws {
        try await Broker.withTopic("flush") { topic in
            let producer = try makeProducer()
            let services = ServiceGroup(services: [producer], gracefulShutdownSignals: [], logger: Broker.quiet)
            async let running: Void = services.run()
            async let sent = producer.send((0..<1_000).map { OutgoingRecord($0, to: topic) })
            await services.triggerGracefulShutdown()
            try await running
            #expect(try await sent.count == 1_000)
        }
    }
}
