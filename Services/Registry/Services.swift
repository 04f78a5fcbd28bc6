import AsyncHTTPClient
import BackgroundWork
import Failures
import Kafka
import Logging
import Messages
import Outbox
import Phrases
import Pipeline
import Postgres
import Resealing
import Runtime
import ServiceLifecycle
import WeCom

/// Which services the registry consists of.
enum Services {
    /// All of them, in the order in which they start; they stop in the reverse order.
    static func make(_ settings: Settings, _ context: ProgramContext) async throws -> [any Service] {
        let logger = context.logger
        let database = Database(url: settings.databaseURL, connections: settings.databaseConnections, logger: logger)
        try await migrate(database, logger)
        if settings.bootstrapKey == nil {
            logger.notice("BOOTSTRAP_API_KEY is not set: only keys that were made before are known")
        }
        let producer = try Producer(settings: settings.stage.kafka, logger: logger)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .wecom())
        let clients = EgressClients(own: http, policy: settings.egressPolicy)
        let components = Components(
            settings,
            source: context.source,
            database: database,
            readiness: context.readiness,
            clients: clients,
            http: http,
            phrasebook: try Phrasebook.load(),
            logger: logger
        )
        let progress = Stage(
            name: "idp-registry",
            topics: [TopicCatalogue.progress],
            handler: ProgressHandler(runs: components.runs),
            settings: settings.stage,
            producer: producer,
            readiness: context.readiness,
            logger: logger
        )
        let topics = ConfigurationTopicCheck(
            settings: settings.stage,
            topics: [TopicCatalogue.configuration, TopicCatalogue.clients],
            readiness: context.readiness,
            logger: logger
        )
        let server = makeServer(
            router: API(components: components, logger: logger).router().refusingOtherMethods(),
            host: settings.host,
            port: settings.port,
            logger: logger
        )
        let connections = Closing {
            await database.close()
            await clients.close()
            try await http.shutdown()
        }
        return [connections, topics, producer, components.ledger.relay, progress]
            + workers(components, context) + [server]
    }

    /// What is done in the background, by every registry.
    private static func workers(_ components: Components, _ context: ProgramContext) -> [any Service] {
        let hearing = Hearing(context.readiness)
        RunMetrics.show()
        let optional: [(any Service)?] = [
            components.ticketWatch(context.readiness), components.callbackAddresses,
        ]
        return [
            components.callbackQueue, components.codeQueue, components.authorizationQueue, components.notificationQueue,
            components.schedule, components.hintedRuns, components.housekeeping, components.retentionJob,
            components.runWatch, hearing, components.watchdog(hearing), components.keyJournalWriter,
            components.replayTelling,
            DatabaseFigures(
                ScheduleFigures.all,
                in: components.ledger.database,
                every: .seconds(60),
                logger: context.logger
            ),
        ] + optional.compactMap(\.self) + components.sealingRotation.services(logger: context.logger)
    }

    /// Brings the schema up to date; waits for a database that is not there yet.
    static func migrate(_ database: Database, _ logger: Logger) async throws {
        let migrator = Migrator(schema: Migrations.schema, migrations: Migrations.all)
        try await retrying(
            "bring the schema up to date",
            logger: logger,
            isTransient: { ($0 as? PostgresError)?.failureClass == .transient }
        ) {
            try await migrator.run(on: database)
        }
    }
}

/// Gives back, after everything else has stopped, what everything else uses.
private struct Closing: Service {
    let close: @Sendable () async throws -> Void

    func run() async throws {
        try? await gracefulShutdown()
        try await close()
    }
}
