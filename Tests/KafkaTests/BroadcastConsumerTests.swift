import Kafka
import KafkaTesting
import Testing

@Suite(.timeLimit(.minutes(5)))
struct BroadcastConsumerTests {
    let cluster = MockCluster()

    private func makeReader(from start: Offset = .beginning) throws -> BroadcastConsumer {
        try BroadcastConsumer(topics: ["people"], from: start, settings: cluster.settings, logger: Broker.quiet)
    }

    private func write(_ numbers: Range<Int>) async throws {
        try await cluster.makeProducer().send(numbers.map { OutgoingRecord($0, key: "k\($0)") })
    }

    private func read(_ count: Int, from reader: BroadcastConsumer) async throws -> [Int] {
        var numbers: [Int] = []
        try await eventually("\(count) records") {
            numbers += try await reader.poll(upTo: 1_000, patience: .milliseconds(100)).map(\.number)
            return numbers.count >= count
        }
        return numbers
    }

    @Test("every reader gets everything, knows when it has caught up, and goes on")
    func everything() async throws {
        try cluster.createTopic("people", partitions: 4)
        try await write(0..<100)
        let readers = [try makeReader(), try makeReader()]
        for reader in readers {
            #expect(try await !reader.isCaughtUp())
            var numbers: [Int] = []
            while try await !reader.isCaughtUp() {
                numbers += try await reader.poll(upTo: 7, patience: .milliseconds(100)).map(\.number)
            }
            #expect(numbers.sorted() == Array(0..<100))
        }
        try await write(100..<101)
        for reader in readers {
            #expect(try await read(1, from: reader) == [100])
            try await reader.close()
        }
    }

    @Test("one partition after the other is read where that is asked for, and then all of them")
    func byPartition() async throws {
        try cluster.createTopic("people", partitions: 5)
        try await write(0..<400)
        let reader = try BroadcastConsumer(
            topics: ["people"],
            from: .beginning,
            in: .byPartition,
            settings: cluster.settings,
            logger: Broker.quiet
        )
        var places: [Position] = []
        while try await !reader.isCaughtUp() {
            places += try await reader.poll(upTo: 30, patience: .milliseconds(100)).map(\.position)
        }
        #expect(places.count == 400)
        #expect(places.map(\.partition) == places.map(\.partition).sorted())
        #expect(Set(places.map(\.partition)).count > 1)
        try await write(400..<401)
        #expect(try await read(1, from: reader) == [400])
        try await reader.close()
    }

    @Test("an empty topic is caught up with at once")
    func emptyTopic() async throws {
        try cluster.createTopic("people", partitions: 2)
        let reader = try makeReader()
        #expect(try await reader.poll(upTo: 1, patience: .zero).isEmpty)
        #expect(try await reader.isCaughtUp())
        try await reader.close()
    }

    @Test("from the end only what comes later is read")
    func fromTheEnd() async throws {
        try cluster.createTopic("people")
        try await write(0..<10)
        let reader = try makeReader(from: .end)
        for _ in 0..<20 { #expect(try await reader.poll(upTo: 10, patience: .milliseconds(20)).isEmpty) }
        #expect(try await reader.isCaughtUp())
        try await write(10..<11)
        #expect(try await read(1, from: reader) == [10])
        try await reader.close()
    }

    @Test("a topic that comes later is read once it is there")
    func lateTopic() async throws {
        cluster.failTopic("people", with: .unknownTopic)
        let reader = try makeReader()
        #expect(try await reader.poll(upTo: 10, patience: .milliseconds(50)).isEmpty)
        #expect(try await !reader.isCaughtUp())
        cluster.failTopic("people", with: .none)
        try await write(0..<3)
        #expect(try await read(3, from: reader) == [0, 1, 2])
        try await reader.close()
    }

    @Test("reading goes on after the brokers were away")
    func outage() async throws {
        try cluster.createTopic("people")
        try await write(0..<3)
        let reader = try makeReader()
        #expect(try await read(3, from: reader) == [0, 1, 2])
        try cluster.stopBrokers()
        for _ in 0..<5 { _ = try await reader.poll(upTo: 10, patience: .milliseconds(50)) }
        try cluster.startBrokers()
        try await write(3..<6)
        #expect(try await read(3, from: reader) == [3, 4, 5])
        try await reader.close()
    }

    @Test("without brokers the first poll fails in time and may be tried again")
    func noBrokers() async throws {
        try cluster.createTopic("people")
        try cluster.stopBrokers()
        let reader = try makeReader()
        let error = await #expect(throws: KafkaError.self) { try await reader.poll(upTo: 10, patience: .zero) }
        #expect(error?.isRetriable == true)
        try cluster.startBrokers()
        try await write(0..<1)
        #expect(try await read(1, from: reader) == [0])
        try await reader.close()
    }
    @Test("a topic that it may not see is told from one that is not there, and read once it may")
    func forbidden() async throws {
        try cluster.createTopic("people")
        try await write(0..<3)
        let forbidden = KafkaError.Code(rawValue: 29)
        cluster.failTopic("people", with: forbidden)
        let reader = try makeReader()
        let error = await #expect(throws: KafkaError.self) { try await reader.poll(upTo: 10, patience: .zero) }
        #expect(error?.code == forbidden)
        #expect(error?.isRetriable == true)
        cluster.failTopic("people", with: .none)
        #expect(try await read(3, from: reader) == [0, 1, 2])
        try await reader.close()
    }

    @Test("polling and closing end in time while the brokers take everything and answer nothing")
    func silence() async throws {
        try cluster.createTopic("people")
        try await write(0..<3)
        let (reader, late) = (try makeReader(), try makeReader())
        #expect(try await read(3, from: reader) == [0, 1, 2])
        try cluster.delayAnswers(by: .seconds(3_600))
        let start = ContinuousClock.now
        await #expect(throws: KafkaError.self) { try await late.poll(upTo: 1, patience: .milliseconds(100)) }
        #expect(try await reader.poll(upTo: 1, patience: .milliseconds(100)).isEmpty)
        #expect(ContinuousClock.now - start < .seconds(20))
        let closing = ContinuousClock.now
        try? await late.close()
        try? await reader.close()
        #expect(ContinuousClock.now - closing < .seconds(20))
    }
}
