import Kafka
import KafkaTesting
import Messages
import Pipeline
import Runtime
import Testing

/// Logs that went back: made anew, or cut off.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct LogTests {
    @Test("a partition whose position lies beyond the log's end stops, says why, and holds up no other")
    func beyond() async throws {
        try await Site.broker(partitions: 2) { site in
            let positions = try await site.write(0..<40)
            let lost = positions[0].topicPartition
            let elsewhere = positions.filter { $0.topicPartition != lost }.count
            let readiness = Readiness()
            let recorder = Recorder(start: { _, partitions in partitions.contains(lost) ? [lost: .at(500)] : [:] })
            try await running([site.makeStage(recorder, readiness: readiness)]) {
                try await eventually("the other one") { recorder.seen.count == elsewhere }
                try await eventually("the reason") { !readiness.isReady }
                let reason = readiness.obstacles.values.joined()
                for part in [lost.description, "500", "STAGE_START_ANEW=\(lost.topic)"] {
                    #expect(reason.contains(part), "\(part) is not in: \(reason)")
                }
                try await site.write(40..<80)
                try await eventually("the other one goes on") { recorder.seen.count > elsewhere }
            }
            #expect(recorder.seen.numbers[lost] == nil)
            #expect(try await site.committed()[lost] == nil)
        }
    }

    @Test("told to start anew, it starts at the beginning once, and tells the handler so")
    func startsAnew() async throws {
        try await Site.broker { site in
            let partition = try await site.write(0..<10)[0].topicPartition
            var settings = site.settings
            settings.startAnew = [site.topic]
            let recorder = Recorder(start: { _, _ in [partition: .at(500)] })
            try await running([site.makeStage(recorder, settings: settings)]) {
                try await eventually("all") { recorder.seen.count == 10 }
            }
            #expect(recorder.seen.given.map(\.startsAnew) == [true])
            #expect(recorder.seen.given.map(\.high) == [10])
            #expect(recorder.seen.all == Array(0..<10))
        }
    }

    @Test("a topic that is made anew under a stage that runs is not taken for what it was")
    func whileRunning() async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        try await site.write(0..<10)
        let readiness = Readiness()
        let recorder = Recorder()
        try await running([site.makeStage(recorder, readiness: readiness)]) {
            try await eventually("all") { recorder.seen.count == 10 && readiness.isReady }
            // A cluster that lost the topic's records: the mock answers as one would that begins at 0 again.
            cluster.pushErrors(.fetch, Array(repeating: .offsetOutOfRange, count: 3))
            try await eventually("what lies before is read again") { recorder.seen.count >= 10 }
            try await site.write(10..<20)
            try await eventually("the new ones") { recorder.seen.count == 20 }
            #expect(readiness.isReady)
        }
        #expect(recorder.seen.numbers.values.first == Array(0..<20), "nothing twice, nothing left out")
    }

    @Test("the gaps that transactions leave in a log are no trouble, and nothing comes twice behind them")
    func gaps() async throws {
        try await Site.broker { site in
            let producer = try TransactionalProducer(
                settings: site.kafka,
                transactionalID: Broker.uniqueName("relay"),
                logger: Broker.quiet
            )
            try await producer.initTransactions()
            for number in 0..<10 {
                try await producer.sendTransaction([
                    OutgoingRecord(topic: site.topic, key: "key", value: Array("\(number)".utf8))
                ])
            }
            let (first, second, readiness) = (Recorder(), Recorder(), Readiness())
            try await running([site.makeStage(first, readiness: readiness)]) {
                try await eventually("all") { first.seen.count == 10 && readiness.isReady }
            }
            #expect(first.seen.numbers.values.first == Array(0..<10))
            let offsets = first.seen.batches.joined().map(\.position.offset)
            #expect(offsets.last.map { $0 > 9 } == true, "the markers take offsets")
            try await running([site.makeStage(second, readiness: readiness)]) {
                try await producer.sendTransaction([OutgoingRecord(topic: site.topic, value: Array("10".utf8))])
                try await eventually("the new one") { second.seen.count == 1 }
            }
            #expect(second.seen.all == [10])
        }
    }

    @Test("a topic that was deleted and made anew stops its partitions")
    func recreated() async throws {
        try await Site.broker { site in
            let partition = try await site.write(0..<10)[0].topicPartition
            let readiness = Readiness()
            // A handler that keeps its own position, which a deleted topic does not take along.
            let recorder = Recorder(start: { question, _ in question == 1 ? [:] : [partition: .at(10)] })
            try await running([site.makeStage(recorder, readiness: readiness)]) {
                try await eventually("all") { recorder.seen.count == 10 && readiness.isReady }
                let admin = try Admin(settings: site.kafka, logger: Broker.quiet)
                try await admin.delete([site.topic])
                try await eventually("it is gone") {
                    try await !admin.topicNames().contains(site.topic)
                }
                try await admin.create([TopicSpecification(name: site.topic, partitions: 1, replication: 1)])
                try await admin.close()
                try await eventually("it stops") {
                    readiness.obstacles.values.contains { $0.contains("made anew") }
                }
                _ = try await site.slowProducer.send(OutgoingRecord(topic: site.topic, value: Array("10".utf8)))
            }
            #expect(recorder.seen.all == Array(0..<10))
        }
    }
}

extension KafkaError.Code {
    fileprivate static let offsetOutOfRange = Self(rawValue: 1)
}
