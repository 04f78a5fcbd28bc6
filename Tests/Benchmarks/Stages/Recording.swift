import Kafka
import Logging
import Messages
import Pipeline
import SuiteTesting

/// What a topic carries of one identity provider, kept in memory to be played again.
struct Recording: Sendable {
    let records: [OutgoingRecord]

    /// Reads a topic to its end.
    init(of provider: Registry.IdentityProvider, on topic: Topic, in suite: Suite) async throws {
        let messages = try await suite.messages(on: topic)
        records = messages.filter { $0.envelope.identityProvider.description == provider.id }.map { message in
            OutgoingRecord(
                topic: message.record.position.topic,
                key: message.record.key.map { String(decoding: $0, as: UTF8.self) },
                value: message.record.value,
                headers: message.record.headers
            )
        }
        guard !records.isEmpty else { throw BenchmarkFailure("\(topic.name) carries nothing of a tenant") }
    }

    /// Puts the records at the topic's end, in their order.
    func play(by producer: Producer) async throws {
        for start in stride(from: 0, to: records.count, by: 500) {
            try await producer.send(Array(records[start..<min(start + 500, records.count)]))
        }
    }
}

extension Suite {
    /// Reads everything that a topic carries at this moment.
    func messages(on topic: Topic) async throws -> [IncomingMessage] {
        let consumer = try BroadcastConsumer(
            topics: [namespace.name(of: topic)],
            from: .beginning,
            settings: ["bootstrap.servers": brokers],
            logger: quietLogger()
        )
        var messages: [IncomingMessage] = []
        while try await !consumer.isCaughtUp() {
            for record in try await consumer.poll(upTo: 1_000, patience: .milliseconds(200)) where record.value != nil {
                messages.append(try IncomingMessage(record))
            }
        }
        try await consumer.close()
        return messages
    }
}
