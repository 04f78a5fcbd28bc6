import Failures
import Kafka
import KafkaTesting
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ConsumerTests {
    let cluster = MockCluster()
    let people = TopicPartition(topic: "people", partition: 0)

    private func write(_ numbers: Range<Int>) async throws {
        try await cluster.makeProducer().send(numbers.map { OutgoingRecord($0) })
    }

    @Test("a committed record does not come again, an uncommitted one does")
    func commits() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var first = try Member(on: cluster)
        try await first.read(10)
        try await first.consumer.commit([people: 4])
        try await first.consumer.close()

        var second = try Member(on: cluster)
        try await second.read(6)
        #expect(second.values == Array(4..<10))
        try await second.consumer.close()
    }

    @Test("a commit is of the offset to read next")
    func commitOffsets() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var first = try Member(on: cluster)
        try await first.read(10)
        try await first.consumer.commit([people: 7])
        try await first.consumer.commit([:])
        try await first.consumer.close()

        var second = try Member(on: cluster)
        try await second.read(3)
        #expect(second.values == [7, 8, 9])
        try await second.consumer.close()
    }

    @Test("a poll returns no more than its limit")
    func limit() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        while reader.records.count < 10 { #expect(try await reader.poll(upTo: 3).records.count <= 3) }
        #expect(reader.values == Array(0..<10))
        try await reader.consumer.close()
    }

    @Test("a poll ends when it is interrupted, while it is under way and before it begins")
    func interruption() async throws {
        try cluster.createTopic("people")
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        let (consumer, forever) = (reader.consumer, Duration.seconds(3_600))
        consumer.interruptPoll()
        #expect(try await consumer.poll(upTo: 1, patience: forever).records.isEmpty)
        try await reader.poll()
        try await write(0..<1)
        // One that took the record was under way when it was interrupted. A slow machine may lose the partition meanwhile.
        let deadline = ContinuousClock.now + .seconds(60)
        while reader.records.isEmpty {
            try #require(ContinuousClock.now < deadline, "no record came")
            try await reader.startAssigned()
            let poll = Task { try await consumer.poll(upTo: 2, patience: forever, gathering: forever) }
            let interruptions = Task {
                while !Task.isCancelled {
                    consumer.interruptPoll()
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { interruptions.cancel() }
            try await reader.note(try await poll.value)
        }
        #expect(reader.values == [0])
        try await consumer.close()
    }

    @Test("what comes in while a poll gathers is in it")
    func gathering() async throws {
        try cluster.createTopic("people")
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        try await reader.poll()
        let consumer = reader.consumer
        async let gathered = consumer.poll(upTo: 2, patience: .seconds(3_600), gathering: .seconds(3_600))
        try await write(0..<1)
        try await write(1..<2)
        #expect(try await gathered.records.count == 2)
        try await consumer.close()
    }

    @Test("reading starts anew anywhere, back and forth")
    func startsAgain() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var reader = try Member(on: cluster)
        try await reader.read(10)
        #expect(try await reader.consumer.start([people: 8]) == [people])
        try await reader.read(12)
        #expect(reader.values.suffix(2) == [8, 9])
        #expect(try await reader.consumer.start([people: 5]) == [people])
        try await reader.read(17)
        #expect(reader.values.suffix(5) == [5, 6, 7, 8, 9])
        try await reader.consumer.close()
    }

    @Test("a paused partition brings nothing until it is started again")
    func pause() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        while reader.records.isEmpty { try await reader.poll(upTo: 2) }
        let before = reader.records.count
        try await reader.consumer.pause([people])
        for _ in 0..<10 { #expect(try await reader.poll().records.isEmpty) }
        #expect(try await reader.consumer.start([people: Int64(before)]) == [people])
        try await reader.read(10)
        #expect(reader.values == Array(0..<10))
        #expect(before < 10)
        try await reader.consumer.close()
    }

    @Test("a partition that is not held cannot be paused")
    func pauseOfOthers() async throws {
        let reader = try Member(on: cluster)
        await #expect(throws: KafkaError.self) { try await reader.consumer.pause([people]) }
        try await reader.consumer.close()
    }

    @Test("the brokers tell the group's commits and the logs' ends, of partitions without any, too")
    func places() async throws {
        try cluster.createTopic("people", partitions: 2)
        let positions = try await cluster.makeProducer().send((0..<10).map { OutgoingRecord($0) })
        let (full, empty) = (
            positions[0].topicPartition, TopicPartition(topic: "people", partition: 1 - positions[0].partition)
        )
        var reader = try Member(on: cluster)
        try await reader.read(10)
        try await reader.consumer.commit([full: 7])
        let places = try await reader.consumer.places(of: [full, empty])
        #expect(places[full]?.committed == 7)
        #expect(places[full]?.ends.high == 10)
        #expect(places[full]?.ends.low == 0)
        #expect(places[empty]?.committed == nil)
        #expect(places[empty]?.ends.high == 0)
        #expect(try await reader.consumer.ends(of: [full])[full]?.high == 10)
        try await reader.consumer.close()
    }

    @Test("nothing is read of partitions before they are started", arguments: ["range", "cooperative-sticky"])
    func starting(strategy: String) async throws {
        try cluster.createTopic("people")
        try cluster.createTopic("places", partitions: 2)
        let producer = try cluster.makeProducer()
        try await producer.send((0..<10).map { OutgoingRecord($0) })
        try await producer.send((100..<110).map { OutgoingRecord($0, to: "places") })
        var reader = try Member(
            on: cluster,
            topics: ["people", "places"],
            settings: ["partition.assignment.strategy": strategy],
            start: { partition, _ in partition.topic == "people" ? 6 : nil }
        )
        try await reader.read(4)
        for _ in 0..<10 { #expect(try await reader.poll().records.isEmpty, "not before it is told") }
        #expect(reader.values == [6, 7, 8, 9])
        for partition in reader.held where partition.topic == "places" {
            #expect(try await reader.consumer.start([partition: 0]) == [partition])
        }
        try await reader.read(14)
        #expect(reader.values.suffix(10).sorted() == Array(100..<110))
        try await reader.consumer.close()
    }

    @Test("a position that the log does not have shows in the offsets that come")
    func outOfRange() async throws {
        try cluster.createTopic("people")
        try await write(0..<4)
        var reader = try Member(on: cluster, start: { _, _ in 1_000 })
        try await reader.read(4)
        #expect(reader.records.map(\.position.offset) == [0, 1, 2, 3])
        try await reader.consumer.close()
    }

    @Test("a topic that comes later is read once it is there")
    func lateTopic() async throws {
        cluster.failTopic("people", with: .unknownTopic)
        var reader = try Member(on: cluster, settings: ["topic.metadata.refresh.interval.ms": "1500"])
        for _ in 0..<10 { try await reader.poll() }
        cluster.failTopic("people", with: .none)
        try await write(0..<1)
        try await reader.read(1, within: .seconds(60))
        try await reader.consumer.close()
    }

    @Test("reading goes on after the brokers were away")
    func outage() async throws {
        try cluster.createTopic("people")
        try await write(0..<5)
        var reader = try Member(on: cluster, settings: ["reconnect.backoff.max.ms": "200"])
        try await reader.read(5)
        try cluster.stopBrokers()
        for _ in 0..<10 { try await reader.poll() }
        try cluster.startBrokers()
        try await write(5..<10)
        try await reader.read(10)
        #expect(reader.values == Array(0..<10))
        try await reader.commit()
        try await reader.consumer.close()
    }

    @Test("committing and leaving end in time when the brokers are away")
    func closingDuringOutage() async throws {
        try cluster.createTopic("people")
        try await write(0..<1)
        var reader = try Member(on: cluster)
        try await reader.read(1)
        try cluster.stopBrokers()
        let clock = ContinuousClock()
        let start = clock.now
        let error = await #expect(throws: KafkaError.self) { try await reader.commit() }
        #expect(error?.failureClass == .transient)
        #expect(clock.now - start < .seconds(11))
        let closing = clock.now
        try? await reader.consumer.close()
        #expect(clock.now - closing < .seconds(5))
    }

    @Test("a commit that waits for the brokers hears that its task is cancelled")
    func cancelledCommit() async throws {
        try cluster.createTopic("people")
        var reader = try Member(on: cluster, settings: ["session.timeout.ms": "60000"])
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        try cluster.stopBrokers()
        let (consumer, people) = (reader.consumer, people)
        let commit = Task { try await consumer.commit([people: 0]) }
        commit.cancel()
        let start = ContinuousClock.now
        await #expect(throws: (any Error).self) { try await commit.value }
        #expect(ContinuousClock.now - start < .seconds(20))
        try? await consumer.close()
    }

    @Test("a closed consumer says so, and closes twice")
    func closed() async throws {
        let reader = try Member(on: cluster)
        try await reader.consumer.close()
        try await reader.consumer.close()
        let error = await #expect(throws: KafkaError.self) {
            try await reader.consumer.poll(upTo: 1, patience: .zero)
        }
        #expect(error?.code == .closed)
    }

    @Test("consumers that wait hold up nobody else")
    func patience() async throws {
        let readers = try (0..<8).map { try Member(of: "group-\($0)", on: cluster) }
        try await withThrowingTaskGroup { group in
            for reader in readers {
                group.addTask { _ = try await reader.consumer.poll(upTo: 1, patience: .seconds(8)) }
            }
            let start = ContinuousClock.now
            for _ in 0..<20 { await Task.detached {}.value }
            #expect(ContinuousClock.now - start < .seconds(6))
            try await group.waitForAll()
        }
        for reader in readers { try await reader.consumer.close() }
    }
}
