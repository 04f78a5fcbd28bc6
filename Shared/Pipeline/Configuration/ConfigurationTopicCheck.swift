import Kafka
public import Logging
public import Messages
public import Runtime
public import ServiceLifecycle

/// Looks at the brokers' topics before a service begins to work with them (architecture.md §2).
///
/// A topic of configurations that is not compacted forgets identity providers and clients after some days: a service does
/// not start with one. Topics with fewer copies than asked for can lose messages: they are warned of.
///
/// Whoever reads such a topic whole checks by that; who only writes configurations runs this as a service.
public struct ConfigurationTopicCheck: Service {
    private static let component = "topics"
    /// A question under way holds up the service's end.
    private static let patience = Duration.seconds(3)

    private let settings: StageSettings
    private let readiness: Readiness?
    private let logger: Logger
    private let topics: [Topic]
    private let others: [Topic]

    /// - Parameters:
    ///   - settings: Where the topics are, and how many copies each should have.
    ///   - topics: What has to be there, and compacted.
    ///   - others: What is warned of besides.
    ///   - readiness: Not ready until the service has found the topics fit.
    public init(
        settings: StageSettings,
        topics: [Topic] = [TopicCatalogue.configuration],
        others: [Topic] = TopicCatalogue.streams,
        readiness: Readiness? = nil,
        logger: Logger
    ) {
        self.settings = settings
        self.topics = topics
        self.others = others
        self.readiness = readiness
        self.logger = logger
        readiness?.set(Self.component, ready: false, reason: "not looked at yet")
    }

    /// Looks at the topics once, and then waits for graceful shutdown.
    ///
    /// - Throws: As ``waitUntilFit(_:)``.
    public func run() async throws {
        try await waitUntilFit { readiness?.set(Self.component, ready: false, reason: $0) }
        readiness?.set(Self.component, ready: true)
        try await gracefulShutdown()
    }

    /// Returns once the topics of configurations are there and fit, or when stopping begins. Waits while one is missing or
    /// the brokers are away; where they do not say how topics are set up, it only warns.
    ///
    /// - Parameter report: Is told what is waited for.
    /// - Throws: ``UnfitTopic`` for a topic of configurations that is not compacted; `KafkaError` for a setting of the
    ///   client that is refused.
    public func waitUntilFit(_ report: (String) -> Void) async throws {
        let admin = try Admin(settings: settings.kafka, logger: logger)
        do {
            try await look(admin, report)
        } catch {
            try? await admin.close()
            throw error
        }
        try await admin.close()
    }

    private func look(_ admin: Admin, _ report: (String) -> Void) async throws {
        let wanted = topics.map(settings.namespace.name(of:))
        let names = Set(wanted + others.map(settings.namespace.name(of:))).sorted()
        var attempts = 0
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                let found = try await admin.describe(names, within: Self.patience)
                for name in wanted {
                    if let topic = found[name] { try Self.judge(topic) }
                }
                guard let missing = wanted.first(where: { found[$0] == nil }) else { return warnOfFewCopies(found) }
                report("\(missing) is not there: `bridgectl topics apply` creates it")
            } catch let error as KafkaError where Self.mayPass(error) {
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

    /// Whether asking again may help; whoever lacks the right to see how topics are set up can work with them.
    static func mayPass(_ error: KafkaError) -> Bool { error.isRetriable && error.code != .topicNotAuthorized }

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
