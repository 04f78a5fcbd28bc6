import Kafka
public import Logging
import Messages
import Runtime
import ServiceLifecycle

/// Looks at the brokers' topics before a service begins to work with them (architecture.md §2).
///
/// A topic of configurations that is not compacted forgets identity providers after some days: a service does not start
/// with one. Topics with fewer copies than asked for can lose messages: they are warned of.
public struct ConfigurationTopicCheck: Sendable {
    private let settings: StageSettings
    private let logger: Logger
    private var configurationTopic: String { settings.namespace.name(of: TopicCatalogue.configuration) }

    /// - Parameter settings: Where the topics are, and how many copies each should have.
    public init(settings: StageSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Returns once the topic of configurations is there and fit, or when stopping begins. Waits while the topic is
    /// missing or the brokers are away; where they do not say how the topic is set up, it only warns.
    ///
    /// - Parameter report: Is told what is waited for.
    /// - Throws: ``UnfitTopic`` for a topic of configurations that is not compacted; `KafkaError` for a setting of the
    ///   client that is refused.
    public func run(_ report: (String) -> Void = { _ in }) async throws {
        let admin = try Admin(settings: settings.kafka, logger: logger)
        do {
            try await waitUntilFit(admin, report)
        } catch {
            try? await admin.close()
            throw error
        }
        try await admin.close()
    }

    private func waitUntilFit(_ admin: Admin, _ report: (String) -> Void) async throws {
        let names = TopicCatalogue.streams.map(settings.namespace.name(of:))
        var attempts = 0
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                let found = try await admin.describe(names)
                if let configuration = found[configurationTopic] {
                    try Self.judge(configuration)
                    warnOfFewCopies(found)
                    return
                }
                report("\(configurationTopic) is not there: `bridgectl topics apply` creates it")
            } catch let error as KafkaError where error.isRetriable {
                report("\(error)")
            } catch let error as KafkaError {
                logger.warning("how topics are set up cannot be seen", metadata: ["error": "\(error)"])
                return
            }
            attempts += 1
            let wait = settings.backoff.delay(attempt: attempts)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// - Throws: ``UnfitTopic``.
    static func judge(_ topic: TopicDescription) throws {
        // A broker that does not tell is not blamed.
        guard let policy = topic.configuration[Topic.cleanupPolicy], policy != Topic.compact else { return }
        throw UnfitTopic(topic: topic.name, setting: Topic.cleanupPolicy, found: policy, wanted: Topic.compact)
    }

    private func warnOfFewCopies(_ found: [String: TopicDescription]) {
        let wanted = settings.durability.replication
        let few = found.values.filter { $0.replication < wanted }
        guard !few.isEmpty else { return }
        logger.warning(
            "topics have fewer copies than TOPIC_REPLICATION asks for, and can lose messages with a broker",
            metadata: [
                "wanted": "\(wanted)",
                "found": .dictionary(
                    few.reduce(into: [:]) { $0[$1.name] = "\($1.replication)" }
                ),
            ]
        )
    }
}
