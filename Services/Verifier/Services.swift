import AsyncHTTPClient
import BackgroundWork
import Egress
import Failures
import Hummingbird
import Kafka
import Logging
import Messages
import Outbox
import Pipeline
import Postgres
import Rebuild
import Resealing
import Runtime
import Sealing
import ServiceLifecycle
import WeCom

/// The verifier's parts, wired together.
struct Wiring: Sendable {
    let settings: Settings
    let context: ProgramContext
    let database: Database
    let producer: Producer
    let relay: OutboxRelay
    let configurations: ConfigurationTable
    let sessions: SessionStore
    let clients: ClientStore
    let projection: ClientProjection
    let keyStore: KeyStore
    let keys: KeyRing
    let sealingRotation: SealingRotation
    let pages: Pages
    let http: HTTPClient
    let egress: EgressClients
    let wecom: WeComGateway
    /// Logons that are being decided, by where they come from.
    let turns = Turns<VisitorAddress>(atOnce: Logon.mostAtOnce, longestLine: Logon.longestLine)
    /// `openapi.json`.
    let openAPI: [UInt8]

    /// Brings the schema up to date, and makes or reads the signing keys.
    ///
    /// - Throws: When the database stays away, or what it holds does not fit.
    init(_ settings: Settings, _ context: ProgramContext) async throws {
        self.settings = settings
        self.context = context
        database = Database(
            url: settings.databaseURL.withValue { $0 },
            connections: settings.databaseConnections,
            logger: context.logger
        )
        producer = try Producer(settings: settings.stage.kafka, logger: context.logger)
        let outbox = Outbox(schema: Migrations.schema)
        let relay = OutboxRelay(
            outbox: outbox,
            database: database,
            kafka: settings.stage.kafka,
            namespace: settings.stage.namespace,
            readiness: context.readiness,
            logger: context.logger
        )
        self.relay = relay
        configurations = ConfigurationTable(
            settings: settings.stage,
            readiness: context.readiness,
            logger: context.logger
        )
        let events = AuthenticationEvents(
            outbox: outbox,
            namespace: settings.stage.namespace,
            source: context.source,
            nudge: { relay.nudge() }
        )
        sessions = SessionStore(database: database, events: events)
        keyStore = KeyStore(database: database, sealing: settings.sealing, lead: settings.keyLead)
        sealingRotation = SealingRotation(
            database: database,
            schema: Migrations.schema,
            keys: settings.sealing,
            places: [KeyStore.secrets(in: database)],
            travel: .seconds(CarriedRequest.lifetime)
        )
        let clients = ClientStore(database: database)
        self.clients = clients
        keys = KeyRing(store: keyStore, algorithms: clients.algorithms, logger: context.logger)
        projection = ClientProjection(
            database: database,
            clients: clients,
            sessions: sessions,
            keys: keys,
            settings: settings.stage,
            readiness: context.readiness,
            logger: context.logger
        )
        pages = try await Pages()
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .wecom())
        egress = EgressClients(own: http, policy: settings.egressPolicy)
        let client = WeComClient(
            clients: egress,
            apiURL: settings.wecomAPIURL,
            limits: Limits(timeout: settings.wecomTimeout, maximumBody: 1 << 20)
        )
        wecom = WeComGateway(
            client: client,
            sealing: settings.sealing,
            memory: RefusedCredentials(database: database, schema: Migrations.schema)
        )
        openAPI = try OpenAPI.load()
        try await prepare()
    }

    /// What has to be in the database before anything runs.
    private func prepare() async throws {
        try await retrying(
            "prepare the database",
            attempts: 30,
            logger: context.logger,
            isTransient: { ($0 as? PostgresError)?.failureClass == .transient },
            {
                let migrator = Migrator(
                    schema: Migrations.schema,
                    migrations: Migrations.all,
                    partitions: settings.databasePartitions
                )
                try await migrator.run(on: database)
                try await keys.load()
            }
        )
    }

    /// Everything that runs, in the order in which it starts; it stops in the reverse order.
    var services: [any Service] {
        background + [
            AfterConfiguration(
                table: configurations,
                projection: projection,
                service: makeServer(
                    router: router().refusingOtherMethods(),
                    host: settings.host,
                    port: settings.port,
                    logger: context.logger
                )
            )
        ]
    }

    /// Everything but the HTTP server.
    var background: [any Service] {
        LogonMetrics.show()
        return [
            Closing(database: database, egress: egress, http: http), producer, relay, configurations, projection, stage,
            ClosingWatch(
                configurations: configurations,
                sessions: sessions,
                logger: context.logger,
                period: settings.sweepPeriod
            ),
            ContactErasure(
                configurations: configurations,
                database: database,
                logger: context.logger,
                period: settings.sweepPeriod
            ),
            Housekeeping.job(every: settings.housekeepingPeriod, on: database, keys: keyStore, logger: context.logger),
            LogoutNotices(
                database: database,
                clients: clients,
                keys: keys,
                http: http,
                policy: settings.egressPolicy,
                issuer: settings.publicURL,
                logger: context.logger
            ).queue,
            KeyWatch(keys: keys, logger: context.logger, period: settings.keyPeriod),
            DatabaseWatch(
                database: database,
                readiness: context.readiness,
                logger: context.logger,
                period: .seconds(2)
            ),
            DatabaseFigures(LogonMetrics.figures, in: database, every: .seconds(60), logger: context.logger),
            GapWatch(
                database: database,
                configurations: configurations,
                readiness: context.readiness,
                logger: context.logger,
                period: .seconds(5)
            ),
            rebuild.job(every: .seconds(2)),
        ] + sealingRotation.services(logger: context.logger)
    }

    /// Rebuilds the principals from the topic when an operator asks for it.
    var rebuild: Rebuilding<PrincipalRebuild> {
        let configurations = configurations
        return Rebuilding(
            PrincipalRebuild(
                database: database,
                sessions: sessions,
                tellsContacts: { configurations.configuration($0)?.tellsContactDetails }
            ),
            settings: settings.stage,
            logger: context.logger
        )
    }

    private var stage: Stage {
        Stage(
            name: PrincipalProjection.stage,
            topics: [TopicCatalogue.directoryChanges],
            handler: PrincipalProjection(
                database: database,
                sessions: sessions,
                logger: context.logger
            ),
            settings: settings.stage,
            producer: producer,
            readiness: context.readiness,
            after: configurations,
            logger: context.logger
        )
    }
}

/// Closes what others use, after all of them have stopped.
private struct Closing: Service {
    let database: Database
    let egress: EgressClients
    let http: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        await database.close()
        await egress.close()
        try await http.shutdown()
    }
}

/// A service that nobody shall reach before the configuration and the clients are known: it would turn everybody away.
private struct AfterConfiguration: Service {
    let table: ConfigurationTable
    let projection: ClientProjection
    let service: any Service

    func run() async throws {
        let isCurrent = await cancelWhenGracefulShutdown {
            do {
                try await table.waitUntilCurrent()
                try await projection.waitUntilCurrent()
                return true
            } catch {
                return false
            }
        }
        guard isCurrent else { return try await gracefulShutdown() }
        try await service.run()
    }
}
