import BackgroundWork
import Failures
import Kafka
import Logging
import Messages
import Outbox
import Pipeline
import Postgres
import Rebuild
import Runtime
import ServiceLifecycle

/// Everything that runs, in the order in which it starts; it stops in the reverse order.
///
/// - Throws: What the database or librdkafka say to a wrong configuration.
func writerServices(_ settings: WriterSettings, _ context: ProgramContext) async throws -> [any Service] {
    let logger = context.logger
    let database = DirectorySchema.database(
        url: settings.databaseURL,
        connections: settings.databaseConnections,
        logger: logger
    )
    try await migrate(database, partitions: settings.databasePartitions, context)
    let producer = try Producer(settings: settings.kafka, logger: logger)
    let outbox = Outbox(schema: DirectorySchema.name)
    let relay = OutboxRelay(
        outbox: outbox,
        database: database,
        kafka: settings.kafka,
        namespace: settings.namespace,
        readiness: context.readiness,
        logger: logger
    )
    let publishing = ChangePublishing(outbox: outbox, namespace: settings.namespace, source: context.source)
    let intake = DirectoryIntake(
        database: database,
        publishing: publishing,
        historyDays: settings.historyDays,
        credit: CreditReporting(producer: producer, publishing: publishing),
        logger: logger,
        afterCommit: { relay.nudge() }
    )
    let stage = Stage(
        name: DirectoryIntake.stage,
        topics: [TopicCatalogue.directoryRecords],
        handler: intake,
        settings: settings.stage,
        producer: producer,
        readiness: context.readiness,
        logger: logger
    )
    let republishing = Republishing(
        database: database,
        publishing: publishing,
        logger: logger,
        afterCommit: { relay.nudge() }
    )
    let republications = republishing.job(every: .seconds(5))
    let rebuild = Rebuilding(
        DirectoryRebuild(
            database: database,
            rebuilt: Database(
                url: settings.databaseURL,
                schema: RebuiltDirectory.schema,
                connections: 2,
                logger: logger
            ),
            namespace: settings.namespace,
            historyDays: settings.historyDays,
            logger: logger,
            nudge: { republications.nudge() }
        ),
        settings: settings.stage,
        logger: logger
    )
    let sweeper = GraceSweeper(
        database: database,
        publishing: publishing,
        logger: logger,
        historyDays: settings.historyDays,
        afterCommit: { relay.nudge() }
    )
    let registry = settings.registryURL.map { RegistryKeys(url: $0) }
    let server = makeServer(
        router: directoryRouter(
            reading(readConnections, settings, logger),
            Republications(republishing: republishing) { republications.nudge() },
            rebuild: rebuild,
            scim: reading(scimConnections, settings, logger),
            readers: settings.readers,
            registry: registry,
            publicURL: settings.publicURL
        ).refusingOtherMethods(),
        host: settings.host,
        port: settings.port,
        logger: logger
    )
    let figures = DatabaseFigures(MissingFigures.all, in: database, logger: logger)
    let sweeping = sweeper.job(every: settings.graceInterval)
    let rebuilding = rebuild.job(every: .seconds(2))
    return [producer, relay, stage, republications, rebuilding, sweeping, figures]
        + [registry].compactMap(\.self) + [server]
}

/// Connections of the read API's own, and of SCIM's: whatever is searched for, runs do not wait for it.
private let readConnections = 4
private let scimConnections = 2

private func reading(_ connections: Int, _ settings: WriterSettings, _ logger: Logger) -> DirectoryReading {
    DirectoryReading(
        database: DirectorySchema.database(url: settings.databaseURL, connections: connections, logger: logger),
        historyDays: settings.historyDays
    )
}

/// Brings the schema up to date; a database that is not there yet is waited for.
private func migrate(_ database: Database, partitions: Int, _ context: ProgramContext) async throws {
    let migrator = Migrator(
        schema: DirectorySchema.name,
        migrations: DirectorySchema.migrations,
        partitions: partitions
    )
    try await retrying(
        "bring the schema up to date",
        attempts: 20,
        logger: context.logger,
        isTransient: { ($0 as? PostgresError)?.failureClass == .transient },
        { try await migrator.run(on: database) }
    )
}
