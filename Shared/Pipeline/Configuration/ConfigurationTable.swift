import Kafka
public import Logging
public import Messages
public import Runtime
public import ServiceLifecycle
import Synchronization

/// The whole of `idp.configuration.v1` in memory, kept current.
///
/// Every process has one of its own and reads the topic from its beginning. A revision never goes
/// down: an older one that comes late changes nothing.
public final class ConfigurationTable: Service, Sendable {
    private let reader: CompactedTopicReader
    private let logger: Logger
    private let state = Mutex(ConfigurationState())
    private let changed = Subscribers<IdentityProviderConfiguration>()
    private let becameCurrent = Subscribers<Void>()

    /// - Parameters:
    ///   - settings: Where the topic is.
    ///   - readiness: Not ready until the table is current.
    public init(settings: StageSettings, readiness: Readiness? = nil, logger: Logger) {
        reader = CompactedTopicReader(
            TopicCatalogue.configuration,
            component: "configuration",
            others: TopicCatalogue.streams,
            settings: settings,
            readiness: readiness,
            logger: logger
        )
        self.logger = logger
    }

    /// The latest configuration of an identity provider, also of a deleted one; `nil` when none was ever read, of which
    /// nothing follows: a topic may have been lost (architecture.md §3.7).
    public func configuration(_ id: IdentityProviderID) -> IdentityProviderConfiguration? {
        state.withLock { $0.entries[id] }
    }

    /// All of them, deleted ones too, in no order.
    public var all: [IdentityProviderConfiguration] { state.withLock { Array($0.entries.values) } }

    /// Whether all that was there at the start has been read.
    public var isCurrent: Bool { state.withLock { $0.isCurrent } }

    /// Returns once all that was there at the start has been read. The table has to be running.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, or the table stops before.
    public func waitUntilCurrent() async throws {
        let signals = becameCurrent.subscribe()
        if isCurrent { return }
        for await _ in signals { return }
        throw CancellationError()
    }

    /// Returns a configuration as soon as it has at least that revision; it may be that of a deleted identity provider.
    ///
    /// - Throws: ``ConfigurationNotSeen`` when it does not arrive in time; `CancellationError` when the task is cancelled
    ///   or the table stops before.
    public func wait(
        for id: IdentityProviderID,
        revision: Revision,
        within limit: Duration
    ) async throws -> IdentityProviderConfiguration {
        let changes = changes()
        if let known = configuration(id), known.revision >= revision { return known }
        return try await withThrowingTaskGroup(of: IdentityProviderConfiguration.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await new in changes where new.id == id && new.revision >= revision { return new }
                throw CancellationError()
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw self.notSeen(id, revision)
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func notSeen(_ id: IdentityProviderID, _ revision: Revision) -> ConfigurationNotSeen {
        ConfigurationNotSeen(identityProvider: id, revision: revision, latest: configuration(id)?.revision)
    }

    /// What changes from now on; not what was there before.
    public func changes() -> AsyncStream<IdentityProviderConfiguration> { changed.subscribe() }

    /// Reads the topic until graceful shutdown, whatever the brokers do meanwhile.
    ///
    /// - Throws: ``UnfitTopic`` when the topic is not compacted; `KafkaError` when a setting is refused, or the consumer
    ///   fails for good.
    public func run() async throws {
        defer {
            changed.finish()
            becameCurrent.finish()
        }
        try await reader.run(becameCurrent: setCurrent) { records in
            for record in records { apply(record) }
        }
    }

    private func setCurrent() {
        let count = state.withLock { state in
            state.isCurrent = true
            return state.entries.count
        }
        logger.info("the configuration is current", metadata: ["identityProviders": "\(count)"])
        becameCurrent.yield(())
    }

    /// An entry that cannot be read is left out; what was there before it stays.
    private func apply(_ record: Record) {
        do {
            guard let change = try state.withLock({ try $0.apply(record) }) else { return }
            changed.yield(change)
        } catch {
            logger.error("a configuration cannot be read and is left out", metadata: ["error": "\(error)"])
        }
    }
}
