import ClientRules
import Failures
import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import Runtime
import ServiceLifecycle
import Synchronization

/// Keeps `verifier.clients` as `client.configuration.v1` tells it.
///
/// Each instance reads the whole topic, and whoever comes first writes: so a database that was set back, a topic that was
/// told anew and an instance that was away all end the same. With a client that may have nothing any more its sessions
/// end, in the same transaction; and where it may again, those that began while it was being disabled, before they count.
/// Nothing follows from a client that is not told of.
final class ClientProjection: Service, Sendable {
    private let reader: CompactedTopicReader
    private let database: Database
    private let clients: ClientStore
    private let sessions: SessionStore
    private let keys: KeyRing?
    private let logger: Logger
    private let current = Mutex(false)

    init(
        database: Database,
        clients: ClientStore,
        sessions: SessionStore,
        keys: KeyRing?,
        settings: StageSettings,
        readiness: Readiness?,
        logger: Logger
    ) {
        reader = CompactedTopicReader(
            TopicCatalogue.clients,
            component: "clients",
            settings: settings,
            readiness: readiness,
            logger: logger
        )
        self.database = database
        self.clients = clients
        self.sessions = sessions
        self.keys = keys
        self.logger = logger
    }

    /// Whether all that was there at the start has been applied.
    var isCurrent: Bool { current.withLock { $0 } }

    /// Returns once all that was there at the start has been applied. The projection has to be running.
    ///
    /// - Throws: `CancellationError`.
    func waitUntilCurrent() async throws {
        while !isCurrent { try await Task.sleep(for: .milliseconds(20)) }
    }

    func run() async throws {
        try await reader.run(
            becameCurrent: {
                current.withLock { $0 = true }
                logger.info("the clients are current")
            },
            apply
        )
    }

    /// Applies records in their order; one that cannot be applied is left out, and what was known before it stays.
    func apply(_ records: [Record]) async throws {
        for record in records {
            do {
                try await apply(try Self.configuration(record))
            } catch  where FailureClass(of: error) == .permanent {
                logger.error("a client cannot be taken and is left out", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func configuration(_ record: Record) throws -> ClientConfiguration {
        let message = try Incoming<ClientEnvelope>(record)
        let configuration = try message.decode(ClientConfiguration.self)
        if let mistake = configuration.mistakes.first {
            throw message.undecodable(ReadingRefusal.notOfItsForm, "\(mistake)")
        }
        guard message.envelope.client == configuration.id, message.envelope.tenant == configuration.tenant else {
            throw message.undecodable(ReadingRefusal.notOfItsForm, "it is about another client than its envelope says")
        }
        return configuration
    }

    private func apply(_ configuration: ClientConfiguration) async throws {
        try await keep(configuration)
        // A client has the key that it checks by before anything is signed for it.
        if configuration.status == .enabled { try await keys?.provide(configuration.idTokenAlgorithm) }
    }

    private func keep(_ configuration: ClientConfiguration) async throws {
        let count = try await clients.memory.changing {
            try await database.transaction { connection -> Int in
                let wasClosed = try ClientStore.isClosed(configuration.id, on: connection)
                guard try ClientStore.keep(configuration, on: connection),
                    wasClosed || configuration.status != .enabled
                else { return 0 }
                return try sessions.endAll(ofClient: configuration.clientID, on: connection)
            }
        }
        guard count > 0 else { return }
        sessions.announce()
        logger.info(
            "sessions of a client that is closed, or was, ended",
            metadata: ["client": "\(configuration.id)", "count": "\(count)"]
        )
    }
}
