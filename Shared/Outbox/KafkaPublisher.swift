import Kafka
import Logging

/// Publishes in transactions under a name that only the latest publisher can write under.
struct KafkaPublisher: Publisher {
    /// A little less than the relay's, so that the brokers' own words are told.
    private static let patience = Duration.seconds(8)

    private let producer: TransactionalProducer

    /// Shuts out every earlier publisher of this name, and ends what it left undone.
    /// - Throws: `KafkaError`.
    init(_ settings: [String: String], transactionalID: String, logger: Logger) async throws {
        producer = try TransactionalProducer(settings: settings, transactionalID: transactionalID, logger: logger)
        try await producer.initTransactions(within: Self.patience)
    }

    func publish(_ records: [OutgoingRecord]) async throws {
        try await producer.sendTransaction(records, within: Self.patience)
    }
}
