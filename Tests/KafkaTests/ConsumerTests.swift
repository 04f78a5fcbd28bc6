import Kafka
import KafkaTesting
import Testing

@Suite(.timeLimit(.minutes(2)))
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
        try await first.consumer.commit(Array(first.records.prefix(4)))
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

    @Test("a poll that waits ends when it is interrupted, also before it begins")
    func interruption() async throws {
        try cluster.createTopic("people")
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        let (consumer, patience) = (reader.consumer, Duration.seconds(3_600))
        consumer.interruptPoll()
        #expect(try await consumer.poll(upTo: 1, patience: patience).records.isEmpty)
        async let waiting = consumer.poll(upTo: 1, patience: patience)
        consumer.interruptPoll()
        #expect(try await waiting.records.isEmpty)
        try await consumer.close()
    }

    @Test("what comes in while a poll gathers is in it")
    func gathering() async throws {
        try cluster.createTopic("people")
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        let consumer = reader.consumer
        async let gathered = consumer.poll(upTo: 2, patience: .seconds(3_600), gathering: .seconds(3_600))
        try await write(0..<1)
        try await write(1..<2)
        #expect(try await gathered.records.count == 2)
        try await consumer.close()
    }

    @Test("a seek goes back and forth, right after the assignment, too")
    func seek() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        try await reader.consumer.seek([people: 8])
        try await reader.pollUntil("the last") { $0.values.last == 9 }
        #expect(reader.values.suffix(2) == [8, 9])
        try await reader.consumer.seek([people: 5])
        try await reader.pollUntil("five more") { $0.values.suffix(5) == [5, 6, 7, 8, 9] }
        try await reader.consumer.close()
    }

    @Test("a paused partition brings nothing until it is resumed")
    func pause() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var reader = try Member(on: cluster)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        while reader.records.isEmpty { try await reader.poll(upTo: 2) }
        let before = reader.records.count
        try await reader.consumer.pause([people])
        for _ in 0..<10 { #expect(try await reader.poll().records.isEmpty) }
        try await reader.consumer.resume([people])
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

    @Test("the lag counts what no poll has returned")
    func lag() async throws {
        try cluster.createTopic("people", partitions: 2)
        try await write(0..<10)
        var reader = try Member(on: cluster)
        try await reader.pollUntil("both partitions") { $0.held.count == 2 }
        #expect(try await reader.consumer.lag().values.reduce(0, +) == 10 - Int64(reader.records.count))
        while reader.records.count < 4 { try await reader.poll(upTo: 4 - reader.records.count) }
        #expect(try await reader.consumer.lag().values.reduce(0, +) == 6)
        try await reader.read(10)
        #expect(try await reader.consumer.lag().values.allSatisfy { $0 == 0 })
        try await reader.consumer.close()
    }

    @Test("the lag follows where the caller starts and seeks to")
    func lagOfStarts() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        var reader = try Member(on: cluster, assignment: .manual)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        try await reader.consumer.assign([people: .at(7)])
        #expect(try await reader.consumer.lag() == [people: 3])
        try await reader.read(3)
        #expect(try await reader.consumer.lag() == [people: 0])
        try await reader.consumer.seek([people: 2])
        #expect(try await reader.consumer.lag() == [people: 8])
        try await reader.consumer.close()
    }

    @Test("in manual mode reading starts where the caller says", arguments: ["range", "cooperative-sticky"])
    func manualAssignment(strategy: String) async throws {
        try cluster.createTopic("people", partitions: 1)
        try cluster.createTopic("places", partitions: 2)
        let producer = try cluster.makeProducer()
        try await producer.send((0..<10).map { OutgoingRecord($0) })
        try await producer.send((100..<110).map { OutgoingRecord($0, to: "places") })
        var reader = try Member(
            on: cluster,
            topics: ["people", "places"],
            assignment: .manual,
            settings: ["partition.assignment.strategy": strategy]
        )
        try await reader.pollUntil("the partitions") { $0.held.count == 3 }
        for _ in 0..<10 { #expect(try await reader.poll().records.isEmpty, "not before the answer") }
        try await reader.consumer.assign([people: .at(6)])
        try await reader.read(14)
        #expect(reader.records.filter { $0.position.topic == "people" }.map(\.number) == [6, 7, 8, 9])
        #expect(reader.records.filter { $0.position.topic == "places" }.map(\.number) == Array(100..<110))
        try await reader.consumer.commit(reader.records)
        try await reader.consumer.close()
    }

    @Test(
        "an offset can be the end, the beginning, the commit or gone",
        arguments: [
            (Offset.end, [99]), (.beginning, [0, 1, 2, 3, 99]), (.stored, [2, 3, 99]), (.at(3), [3, 99]),
            (.at(1_000), [0, 1, 2, 3, 99]),
        ]
    )
    func offsets(start: Offset, expected: [Int]) async throws {
        try cluster.createTopic("people")
        try await write(0..<4)
        var first = try Member(on: cluster)
        try await first.read(4)
        try await first.consumer.commit([people: 2])
        try await first.consumer.close()

        var reader = try Member(on: cluster, assignment: .manual)
        try await reader.pollUntil("the partition") { !$0.held.isEmpty }
        try await reader.consumer.assign([people: start])
        if start == .end { for _ in 0..<20 { try await reader.poll() } }
        try await write(99..<100)
        try await reader.pollUntil("the last record") { $0.values.last == 99 }
        #expect(reader.values == expected)
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
        try await reader.read(10, within: .seconds(40))
        #expect(reader.values == Array(0..<10))
        try await reader.consumer.commit(reader.records)
        try await reader.consumer.close()
    }

    @Test("leaving ends in time when the brokers are away")
    func closingDuringOutage() async throws {
        try cluster.createTopic("people")
        try await write(0..<1)
        var reader = try Member(on: cluster)
        try await reader.read(1)
        try cluster.stopBrokers()
        let start = ContinuousClock.now
        let error = await #expect(throws: KafkaError.self) { try await reader.consumer.commit(reader.records) }
        #expect(error?.isFatal == false)
        try? await reader.consumer.close()
        #expect(ContinuousClock.now - start < .seconds(40))
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
