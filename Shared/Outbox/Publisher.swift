import Kafka

/// By what a relay publishes: all of a batch or nothing of it, and nothing any more once another relay has made its own.
protocol Publisher: Sendable {
    /// Returns once the brokers have all of the records, in their order.
    /// - Throws: `KafkaError`, permanent when the brokers never take one of them: then none is there.
    func publish(_ records: [OutgoingRecord]) async throws
}
