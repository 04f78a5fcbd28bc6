import Failures
public import Kafka
public import Logging
public import Messages
public import Runtime
import ServiceLifecycle

/// Reads a compacted topic whole, from its beginning and then as it grows, without a group: for what every process has to
/// know all of.
public struct CompactedTopicReader: Sendable {
    private let topic: Topic
    private let component: String
    private let others: [Topic]
    private let settings: StageSettings
    private let readiness: Readiness?
    private let logger: Logger

    /// - Parameters:
    ///   - topic: What is read.
    ///   - component: What readiness calls it.
    ///   - others: Topics of whose copies is warned, as ``ConfigurationTopicCheck`` does.
    ///   - settings: Where the topic is.
    ///   - readiness: Not ready until the topic has been read to its end, nor while it cannot be read or applied.
    public init(
        _ topic: Topic,
        component: String,
        others: [Topic] = [],
        settings: StageSettings,
        readiness: Readiness?,
        logger: Logger
    ) {
        self.topic = topic
        self.component = component
        self.others = others
        self.settings = settings
        self.readiness = readiness
        self.logger = logger
        readiness?.set(component, ready: false, reason: Self.behind)
    }

    private static let behind = "not read to the end yet"

    /// Reads until graceful shutdown, whatever the brokers do meanwhile.
    ///
    /// - Parameters:
    ///   - becameCurrent: Told once all that was there at the start has been applied.
    ///   - apply: Gets the records in order. What it throws that may pass has the same records come again.
    /// - Throws: ``UnfitTopic`` when the topic is not compacted; `KafkaError` when a setting is refused, or the consumer
    ///   fails for good; what `apply` throws that will not pass.
    public func run(becameCurrent: () -> Void, _ apply: ([Record]) async throws -> Void) async throws {
        let check = ConfigurationTopicCheck(settings: settings, topics: [topic], others: others, logger: logger)
        try await check.waitUntilFit { readiness?.set(component, ready: false, reason: $0) }
        let consumer = try BroadcastConsumer(
            topics: [settings.namespace.name(of: topic)],
            from: .beginning,
            settings: settings.kafka,
            logger: logger
        )
        do {
            try await read(consumer, becameCurrent, apply)
        } catch {
            try? await consumer.close()
            throw error
        }
        try await consumer.close()
    }

    private func read(
        _ consumer: BroadcastConsumer,
        _ becameCurrent: () -> Void,
        _ apply: ([Record]) async throws -> Void
    ) async throws {
        var (failures, isCurrent, pending) = (0, false, [Record]())
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                if pending.isEmpty { pending = try await consumer.poll(upTo: 1_000, patience: .milliseconds(250)) }
                if !pending.isEmpty { try await apply(pending) }
                pending = []
                if !isCurrent, try await consumer.isCaughtUp() {
                    isCurrent = true
                    readiness?.set(component, ready: true)
                    becameCurrent()
                }
                if failures > 0 { readiness?.set(component, ready: isCurrent, reason: Self.behind) }
                failures = 0
            } catch  where Self.mayPass(error) {
                failures += 1
                logger.warning(
                    "a topic of configurations cannot be followed",
                    metadata: ["topic": "\(topic.name)", "error": "\(error)"]
                )
                readiness?.set(component, ready: false, reason: "\(error)")
                let wait = settings.backoff.delay(attempt: failures)
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
            }
        }
    }

    private static func mayPass(_ error: any Error) -> Bool {
        if let error = error as? KafkaError { return error.isRetriable }
        return FailureClass(of: error) == .transient
    }
}
