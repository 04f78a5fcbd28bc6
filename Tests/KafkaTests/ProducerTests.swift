import Kafka
import KafkaTesting
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ProducerTests {
    let cluster = MockCluster()

    @Test("a batch lands in its order and says where")
    func order() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer()
        let positions = try await producer.send((0..<5_000).map { OutgoingRecord($0) })
        #expect(positions.map(\.offset) == Array(0..<5_000))
        #expect(Set(positions.map(\.topicPartition)) == [TopicPartition(topic: "people", partition: 0)])

        var reader = try Member(on: cluster)
        try await reader.read(5_000)
        #expect(reader.values == Array(0..<5_000))
        try await reader.consumer.close()
    }

    @Test("a batch may go to several topics and partitions")
    func severalTopics() async throws {
        try cluster.createTopic("people", partitions: 4)
        try cluster.createTopic("places")
        let producer = try cluster.makeProducer()
        let records = (0..<100).map {
            OutgoingRecord($0, to: $0.isMultiple(of: 3) ? "places" : "people", key: "k\($0 % 10)")
        }
        let positions = try await producer.send(records)
        #expect(positions.map(\.topic) == records.map(\.topic))
        let partitions = Dictionary(grouping: zip(records, positions)) { "\($0.0.topic) \($0.0.key ?? "")" }
        for (key, sent) in partitions {
            #expect(Set(sent.map(\.1.partition)).count == 1, "\(key) is spread")
            #expect(sent.map(\.1.offset) == sent.map(\.1.offset).sorted(), "\(key) is out of order")
        }
    }

    @Test("keys land where Java's clients put them")
    func partitioner() async throws {
        try cluster.createTopic("people", partitions: 10)
        let producer = try cluster.makeProducer()
        // murmur2("foobar") is -790332482 (Kafka's UtilsTest), toPositive 0x7FFFFFFF & it.
        let position = try await producer.send(OutgoingRecord(1, key: "foobar"))
        #expect(position.partition == (Int32(-790_332_482) & 0x7FFF_FFFF) % 10)
    }

    @Test("an empty batch is no work")
    func emptyBatch() async throws {
        #expect(try await cluster.makeProducer().send([]).isEmpty)
    }

    @Test("a full queue makes the sender wait, and everything arrives in order")
    func backPressure() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["queue.buffering.max.messages": "10"])
        let positions = try await producer.send((0..<500).map { OutgoingRecord($0) })
        #expect(positions.map(\.offset) == Array(0..<500))
    }

    @Test("many senders share a full queue")
    func manySenders() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["queue.buffering.max.messages": "50"])
        try await withThrowingTaskGroup { group in
            for sender in 0..<20 {
                group.addTask { try await producer.send((0..<50).map { OutgoingRecord(sender * 50 + $0) }) }
            }
            try await group.waitForAll()
        }
        var reader = try Member(on: cluster)
        try await reader.read(1_000)
        #expect(Set(reader.values) == Set(0..<1_000))
        for sender in 0..<20 {
            let own = reader.values.filter { $0 / 50 == sender }
            #expect(own == own.sorted())
        }
        try await reader.consumer.close()
    }

    @Test("a record too large is refused by name, what came before it is sent")
    func tooLarge() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["message.max.bytes": "2000"])
        let large = OutgoingRecord(topic: "people", key: "ann", value: Array(repeating: 1, count: 3_000))
        let error = await #expect(throws: KafkaError.self) {
            try await producer.send([OutgoingRecord(0), large, OutgoingRecord(1)])
        }
        #expect(error?.code == .messageTooLarge)
        #expect(error?.isRetriable == false)
        #expect(try await producer.send(OutgoingRecord(2)).offset == 1)
    }

    @Test("those that are refused are told by their places, and all others are sent")
    func refused() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["message.max.bytes": "2000"])
        let large = OutgoingRecord(topic: "people", key: "ann", value: Array(repeating: 1, count: 3_000))
        let records = [OutgoingRecord(0), large, OutgoingRecord(1), large, large, OutgoingRecord(2)]
        let refused = try await producer.sendUnlessRefused(records)
        #expect(refused.keys.sorted() == [1, 3, 4])
        #expect(refused.values.allSatisfy { $0.code == .messageTooLarge })
        #expect(try await producer.send(OutgoingRecord(3)).offset == 3)
        #expect(try await producer.sendUnlessRefused([]).isEmpty)
    }

    @Test("a record of a megabyte passes where the settings allow it")
    func large() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["message.max.bytes": "2000000", "compression.codec": "none"])
        let value = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        _ = try await producer.send(OutgoingRecord(topic: "people", key: "ann", value: value))
        var reader = try Member(on: cluster)
        try await reader.read(1)
        #expect(reader.records.first?.value == value)
        try await reader.consumer.close()
    }

    @Test("a topic that the brokers do not know is an error")
    func unknownTopic() async throws {
        cluster.failTopic("nowhere", with: .unknownTopic)
        let producer = try cluster.makeProducer(["topic.metadata.propagation.max.ms": "0"])
        let error = await #expect(throws: KafkaError.self) { try await producer.send(OutgoingRecord(0, to: "nowhere")) }
        #expect([.unknownTopic, .unknownLocalTopic].contains(error?.code))
    }

    @Test("a topic's name that cannot be is an error")
    func impossibleTopic() async throws {
        let producer = try cluster.makeProducer()
        let name = String(repeating: "x", count: 600)
        await #expect(throws: KafkaError.self) { try await producer.send(OutgoingRecord(0, to: name)) }
    }

    @Test("a setting that librdkafka does not know is refused")
    func unknownSetting() {
        #expect(throws: KafkaError.self) { try cluster.makeProducer(["no.such.setting": "1"]) }
    }

    @Test("what the brokers refuse for the moment is sent again, once and in order")
    func retriedErrors() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["retry.backoff.ms": "50"])
        cluster.pushErrors(.produce, [.notLeader, .notEnoughReplicas, .requestTimedOut])
        let positions = try await producer.send((0..<100).map { OutgoingRecord($0) })
        #expect(positions.map(\.offset) == Array(0..<100))
    }

    @Test("a batch sent while the brokers are away arrives when they are back")
    func outage() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["reconnect.backoff.max.ms": "200"])
        _ = try await producer.send(OutgoingRecord(0))
        try cluster.stopBrokers()
        async let batch = producer.send((1...100).map { OutgoingRecord($0) })
        try await eventually("the batch is on its way") {
            do {
                try await producer.flush(within: .zero)
                return false
            } catch {
                return true
            }
        }
        try cluster.startBrokers()
        #expect(try await batch.map(\.offset) == Array(1...100))
    }

    @Test("slow brokers take their time and lose nothing")
    func slowBrokers() async throws {
        try cluster.createTopic("people")
        try cluster.delayAnswers(by: .milliseconds(100))
        let producer = try cluster.makeProducer(["batch.num.messages": "10"])
        let positions = try await producer.send((0..<100).map { OutgoingRecord($0) })
        #expect(positions.map(\.offset) == Array(0..<100))
    }

    @Test("without brokers a send fails in time and may be tried again", arguments: [5, 1_000])
    func noBrokers(room: Int) async throws {
        try cluster.stopBrokers()
        let producer = try cluster.makeProducer([
            "delivery.timeout.ms": "1000", "queue.buffering.max.messages": "\(room)",
        ])
        let start = ContinuousClock.now
        let error = await #expect(throws: KafkaError.self) {
            try await producer.send((0..<20).map { OutgoingRecord($0) })
        }
        #expect(error?.code == .deliveryTimedOut)
        #expect(error?.isRetriable == true)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("when the client failed for good, its service and every send say so")
    func fatalFailure() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer()
        let service = Task { try await producer.run() }
        cluster.pushErrors(.produce, [.outOfOrderSequence])
        let error = await #expect(throws: KafkaError.self) { try await producer.send(OutgoingRecord(0)) }
        await #expect(throws: KafkaError.self) { try await service.value }
        let second = await #expect(throws: KafkaError.self) { try await producer.send(OutgoingRecord(1)) }
        #expect(second?.isFatal == true, "\(String(describing: error)) \(String(describing: second))")
    }

    @Test("a cancelled sender throws at once, whether it waits for room or for the brokers", arguments: [5, 1_000])
    func cancelledSender(room: Int) async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer(["queue.buffering.max.messages": "\(room)"])
        _ = try await producer.send(OutgoingRecord(0))
        try cluster.stopBrokers()
        let sender = Task { try await producer.send((0..<20).map { OutgoingRecord($0) }) }
        try await eventually("records are on their way") {
            do {
                try await producer.flush(within: .zero)
                return false
            } catch {
                return true
            }
        }
        let start = ContinuousClock.now
        sender.cancel()
        await #expect(throws: CancellationError.self) { try await sender.value }
        #expect(ContinuousClock.now - start < .seconds(20))
        // What was handed over arrives all the same; its reports find nobody and nothing breaks.
        try cluster.startBrokers()
        try await producer.flush(within: .seconds(10))
    }

    @Test("asked to stop while the brokers are away, the service ends in time")
    func stopsInTime() async throws {
        try cluster.createTopic("people")
        let producer = try cluster.makeProducer()
        _ = try await producer.send(OutgoingRecord(0))
        try cluster.stopBrokers()
        let sender = Task { try await producer.send(OutgoingRecord(1)) }
        let group = ServiceGroup(services: [producer], gracefulShutdownSignals: [], logger: Broker.quiet)
        async let running: Void = group.run()
        let start = ContinuousClock.now
        await group.triggerGracefulShutdown()
        try await running
        #expect(ContinuousClock.now - start < .seconds(5))
        sender.cancel()
        _ = try? await sender.value
    }

    @Test("what correctness rests on cannot be set otherwise, and one property not twice")
    func settings() {
        for given in [["enable.idempotence": "false"], ["partitioner": "consistent"], ["acks": "1"]] {
            let error = #expect(throws: KafkaError.self) { try cluster.makeProducer(given) }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.description.contains("has to be") == true)
        }
        #expect(throws: Never.self) { try cluster.makeProducer(["enable.idempotence": "1"]) }
        #expect(throws: Never.self) { try cluster.makeProducer(["compression.type": "none", "linger.ms": "1"]) }
        #expect(throws: KafkaError.self) {
            try cluster.makeProducer(["compression.type": "none", "compression.codec": "gzip"])
        }
    }

    @Test("an alias wins over our default, every time", arguments: 0..<10)
    func aliases(_: Int) async throws {
        try cluster.stopBrokers()
        let producer = try cluster.makeProducer(["message.timeout.ms": "1000"])
        let start = ContinuousClock.now
        await #expect(throws: KafkaError.self) { try await producer.send(OutgoingRecord(0)) }
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
