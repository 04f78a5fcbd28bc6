import Kafka
import KafkaTesting
import Pipeline
import Testing

/// How far a stage is behind in a log that holds more than messages.
@Suite(
    .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"),
    .timeLimit(.minutes(5))
)
struct ReadLagTests {
    @Test("who has read everything is not behind, though marks of transactions and what was aborted lie before it")
    func marks() async throws {
        try await Site.broker { site in
            let admin = try Admin(settings: site.kafka, logger: Broker.quiet)
            let relay = try await producer(site)
            try await relay.sendTransaction(records(0..<3, site))
            try await eventually("something to read") { try await messages(site, admin) > 0 }
            let recorder = Recorder()
            try await running([site.makeStage(recorder)]) {
                try await eventually("all is read") {
                    let left = try await messages(site, admin)
                    return recorder.seen.count == 3 && left == 0
                }
                try await abort(by: relay, site, admin)
                try await eventually("nothing of what was aborted is before it") {
                    try await messages(site, admin) == 0
                }
            }
            try await relay.sendTransaction(records(3..<4, site))
            try await eventually("a message behind what was aborted is") { try await messages(site, admin) > 0 }
            try await running([site.makeStage(recorder)]) {
                try await eventually("until it is read") {
                    let left = try await messages(site, admin)
                    return recorder.seen.all.contains(3) && left == 0
                }
            }
            try await admin.close()
        }
    }

    private func producer(_ site: Site) async throws -> TransactionalProducer {
        let producer = try TransactionalProducer(
            settings: site.kafka.merging(["message.max.bytes": "2000"]) { $1 },
            transactionalID: Broker.uniqueName("lag"),
            logger: Broker.quiet
        )
        try await producer.initTransactions()
        return producer
    }

    private func records(_ numbers: Range<Int>, _ site: Site) -> [OutgoingRecord] {
        numbers.map { OutgoingRecord(topic: site.topic, key: "ann", value: Array("\($0)".utf8)) }
    }

    /// Leaves a transaction in the log that was aborted, for a record that is too large.
    private func abort(by producer: TransactionalProducer, _ site: Site, _ admin: Admin) async throws {
        let end = try await admin.endOffsets(site.topic)[0] ?? 0
        let large = OutgoingRecord(topic: site.topic, key: "ann", value: Array(repeating: 1, count: 3_000))
        try await eventually("something that was aborted lies in the log") {
            await #expect(throws: KafkaError.self) {
                try await producer.sendTransaction(records(100..<102, site) + [large])
            }
            return try await admin.endOffsets(site.topic)[0] ?? 0 > end + 1
        }
    }

    private func messages(_ site: Site, _ admin: Admin) async throws -> Int64 {
        let groups = try await LagReading(namespace: site.namespace).groups(by: admin)
        return try #require(groups.first { $0.topic == site.topic }).messages
    }
}
