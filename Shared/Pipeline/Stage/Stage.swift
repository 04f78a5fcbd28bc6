public import Kafka
public import Logging
public import Messages
public import Runtime
public import ServiceLifecycle

/// A stage of the pipeline: reads topics as a group, hands batches to a handler, sends what can
/// never be handled to the dead letters, and commits.
///
/// Delivery is at least once and in order within a partition. A transient error holds up its own
/// partition alone, for as long as it lasts. On graceful shutdown the batch in hand is finished
/// and committed, and the group is left.
public struct Stage: Service {
    private let name: String
    private let topics: [Topic]
    private let handler: any StageHandler
    private let settings: StageSettings
    private let producer: Producer
    private let readiness: Readiness?
    private let table: ConfigurationTable?
    private let logger: Logger

    /// - Parameters:
    ///   - name: The consumer's name in ``TopicCatalogue/consumers``: names the group and the dead
    ///     letters.
    ///   - topics: What it reads.
    ///   - producer: Writes the dead letters.
    ///   - readiness: Told while something keeps the stage from its work.
    ///   - table: No record is read before this is current.
    public init(
        name: String,
        topics: [Topic],
        handler: some StageHandler,
        settings: StageSettings,
        producer: Producer,
        readiness: Readiness? = nil,
        after table: ConfigurationTable? = nil,
        logger: Logger
    ) {
        self.name = name
        self.topics = topics
        self.handler = handler
        self.settings = settings
        self.producer = producer
        self.readiness = readiness
        self.table = table
        var logger = logger
        logger[metadataKey: "stage"] = "\(name)"
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    ///
    /// - Throws: `KafkaError` when the consumer fails for good.
    public func run() async throws {
        guard await tableIsCurrent() else { return try await gracefulShutdown() }
        let topics = topics.map(settings.namespace.name(of:))
        let consumer = try Consumer(
            topics: topics,
            settings: settings.consumerSettings(group: name),
            assignment: .manual,
            logger: logger
        )
        var loop = StageLoop(
            consumer: consumer,
            work: PartitionWork(
                handler: handler,
                deadLetters: DeadLetters(stage: name, producer: producer),
                metrics: StageMetrics(stage: name, topics: topics)
            ),
            settings: settings,
            health: StageHealth(stage: name, readiness: readiness),
            logger: logger
        )
        do {
            try await loop.run()
        } catch {
            try? await consumer.close()
            throw error
        }
    }

    private func tableIsCurrent() async -> Bool {
        guard let table else { return true }
        return await cancelWhenGracefulShutdown {
            do {
                try await table.waitUntilCurrent()
                return true
            } catch {
                return false
            }
        }
    }
}
