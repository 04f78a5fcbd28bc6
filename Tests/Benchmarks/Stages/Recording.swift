import Kafka
import Messages
import Pipeline
import SuiteTesting

/// What a topic carries of one identity provider, kept in memory to be played again.
struct Recording: Sendable {
    let records: [OutgoingRecord]

    /// Reads a topic to its end.
    init(of provider: Registry.IdentityProvider, on topic: Topic, in suite: Suite) async throws {
        records = try await suite.messages(of: provider, on: topic).map { message in
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
    ///
    /// - Returns: Where whoever has handled them all stands.
    func play(by producer: Producer) async throws -> [TopicPartition: Int64] {
        var ends: [TopicPartition: Int64] = [:]
        for start in stride(from: 0, to: records.count, by: 500) {
            let part = Array(records[start..<min(start + 500, records.count)])
            for position in try await producer.send(part) {
                ends[position.topicPartition] = max(position.offset + 1, ends[position.topicPartition] ?? 0)
            }
        }
        return ends
    }
}

extension Suite {
    /// Reads everything that a topic carries of an identity provider at this moment, in its order.
    func messages(of provider: Registry.IdentityProvider, on topic: Topic) async throws -> [IncomingMessage] {
        try await messages(on: topic).filter { $0.envelope.identityProvider.description == provider.id }
    }
}
