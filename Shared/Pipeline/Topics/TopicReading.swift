public import Kafka
public import Logging

/// Reads what topics hold when reading begins.
public struct TopicReading: Sendable {
    /// By their names on the broker; each has to be there.
    private let topics: [String]
    private let order: BroadcastConsumer.Order
    private let settings: [String: String]
    private let limit: Duration?
    private let logger: Logger

    /// - Parameters:
    ///   - topics: By their names on the broker; each has to be there.
    ///   - order: In which order the partitions are read.
    ///   - settings: librdkafka's own property names.
    ///   - limit: How long it may take; nil for as long as it takes.
    public init(
        topics: [String],
        in order: BroadcastConsumer.Order = .any,
        settings: [String: String],
        within limit: Duration? = nil,
        logger: Logger
    ) {
        self.topics = topics
        self.order = order
        self.settings = settings
        self.limit = limit
        self.logger = logger
    }

    /// Hands the records on as they come, those of a partition in their order.
    public func forEach(_ body: ([Record]) async throws -> Void) async throws {
        let reader = try BroadcastConsumer(
            topics: topics,
            from: .beginning,
            in: order,
            settings: settings,
            logger: logger
        )
        let deadline = limit.map { ContinuousClock.now + $0 }
        do {
            while try await !reader.isCaughtUp() {
                if let deadline, ContinuousClock.now >= deadline {
                    throw KafkaError(.timedOut, in: "read \(topics.joined(separator: ", "))")
                }
                try await body(try await reader.poll(upTo: 1_000, patience: .milliseconds(100)))
            }
        } catch {
            try? await reader.close()
            throw error
        }
        try await reader.close()
    }
}
