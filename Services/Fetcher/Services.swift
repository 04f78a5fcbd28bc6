import Failures
import FoundationEssentials
import Kafka
import Messages
import Pipeline
import Postgres
import Runtime
import Sealing
import ServiceLifecycle
import WeCom

/// Everything that runs, in the order in which it starts; it stops in the reverse order.
///
/// - Throws: What the database or librdkafka say to a wrong configuration.
func fetcherServices(_ settings: FetcherSettings, _ context: ProgramContext) async throws -> [any Service] {
    let logger = context.logger
    let database = Database(
        url: settings.databaseURL.withValue { $0 },
        connections: settings.databaseConnections,
        logger: logger
    )
    try await migrate(database, context)
    let producer = try Producer(settings: settings.kafka, logger: logger)
    let http = WeComHTTP()
    let configurations = ConfigurationTable(settings: settings.stage, readiness: context.readiness, logger: logger)
    let book = CreditBook(settings: settings.stage, logger: logger)
    let bell = Bell()
    let worker = RunWorker(
        leases: LeaseStore(database: database, owner: context.source, duration: settings.lease),
        checkpoints: CheckpointStore(database: database),
        pageSets: PageSetStore(database: database, lifetime: settings.pageReuse),
        configurations: configurations,
        sessions: CorpSessions(
            client: WeComClient(http: http.client, apiURL: settings.weComURL.absoluteString),
            keys: settings.sealingKeys,
            settings: settings.session,
            logger: logger
        ),
        book: book,
        producer: producer,
        bell: bell,
        settings: settings,
        context: context
    )
    return [producer, http, configurations, book, inboxStage(database, bell, producer, settings, context), worker]
}

private func inboxStage(
    _ database: Database,
    _ bell: Bell,
    _ producer: Producer,
    _ settings: FetcherSettings,
    _ context: ProgramContext
) -> Stage {
    Stage(
        name: "wecom-fetcher",
        topics: [TopicCatalogue.commands],
        handler: InboxHandler(inbox: InboxStore(database: database), bell: bell, logger: context.logger),
        settings: settings.stage,
        producer: producer,
        readiness: context.readiness,
        logger: context.logger
    )
}

/// Brings the schema up to date; a database that is not there yet is waited for.
private func migrate(_ database: Database, _ context: ProgramContext) async throws {
    let migrator = Migrator(schema: FetcherSchema.name, migrations: FetcherSchema.migrations)
    try await retrying(
        "bring the schema up to date",
        attempts: 20,
        logger: context.logger,
        isTransient: { ($0 as? PostgresError)?.failureClass == .transient },
        { try await migrator.run(on: database) }
    )
}
