import Kafka
import Logging

/// Publishes by a producer that only this relay uses.
struct KafkaPublisher: Publisher {
    private let producer: Producer

    /// - Parameter transactionalID: The outbox's: whoever makes a producer of this name shuts out the one before.
    static func make(
        _ settings: [String: String],
        transactionalID: String,
        logger: Logger
    ) async throws -> KafkaPublisher {
        KafkaPublisher(producer: try Producer(settings: settings, logger: logger))
    }

    func publish(_ records: [OutgoingRecord]) async throws {
        try await producer.send(records)
    }

    func close() async {}
}
