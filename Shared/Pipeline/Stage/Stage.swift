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
/// and committed, and the group is left, within 10 s whatever the brokers do.
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

    /// Runs until graceful shutdown. A member that another process fenced, or that its group expelled, joins anew.
    ///
    /// - Throws: `KafkaError` when the consumer fails for good, or another process keeps this one's `INSTANCE_ID`; what
    ///   ends the handler for good.
    public func run() async throws {
        let health = StageHealth(stage: name, readiness: readiness)
        health.show("has not begun yet")
        guard await tableIsCurrent() else { return try await gracefulShutdown() }
        var anew = StartingAnew(topics: settings.topicsToStartAnew(among: topics))
        var rivalry = Rivalry()
        while true {
            do {
                return try await member(&anew, &rivalry, health)
            } catch let error as KafkaError where error.code == .fencedInstance {
                guard !Task.isShuttingDownGracefully else { return }
                health.show("\(error)")
                guard let wait = rivalry.wait() else { throw error }
                logger.warning(
                    "another member has this one's instance id, or had it; joining anew",
                    metadata: ["error": "\(error)", "delay": "\(wait)"]
                )
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
                if Task.isShuttingDownGracefully { return }
                try Task.checkCancellation()
            }
        }
    }

    /// From joining the group to leaving it.
    private func member(_ anew: inout StartingAnew, _ rivalry: inout Rivalry, _ health: StageHealth) async throws {
        let topics = topics.map(settings.namespace.name(of:))
        let consumer = try Consumer(
            topics: topics,
            group: settings.namespace.group(name),
            instanceID: settings.instanceID,
            settings: settings.kafka,
            logger: logger
        )
        rivalry.begin(consumer.sessionTimeout)
        let work = PartitionWork(
            stage: name,
            handler: handler,
            deadLetters: DeadLetters(stage: name, producer: producer),
            metrics: StageMetrics(stage: name),
            logger: logger
        )
        var loop = StageLoop(
            consumer: consumer,
            work: work,
            settings: settings,
            anew: anew,
            health: health,
            logger: logger
        )
        defer { anew = loop.anew }
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

/// Two processes with one instance id, which fence each other: how long this one goes on trying.
struct Rivalry {
    private var sessionTimeout: Duration = .seconds(45)
    private var joined = ContinuousClock.now
    private var since: ContinuousClock.Instant?
    private var fences = 0

    /// This member joins.
    mutating func begin(_ sessionTimeout: Duration, now: ContinuousClock.Instant = .now) {
        self.sessionTimeout = sessionTimeout
        joined = now
    }

    /// This member was fenced.
    ///
    /// - Returns: How long to wait before it joins anew; `nil` once that has gone on for twice the session's timeout.
    mutating func wait(now: ContinuousClock.Instant = .now) -> Duration? {
        if since == nil || now - joined > sessionTimeout * 2 { (since, fences) = (now, 0) }
        guard let since, now - since <= sessionTimeout * 2 else { return nil }
        fences += 1
        let backoff = Backoff(first: .milliseconds(500), limit: sessionTimeout / 2)
        return backoff.delay(attempt: fences)
    }
}
