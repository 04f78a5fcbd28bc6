import BackgroundWork
import Egress
import Failures
import FoundationEssentials
import Kafka
import Logging
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
    let http = WeComHTTP(policy: settings.egressPolicy)
    let configurations = ConfigurationTable(settings: settings.stage, readiness: context.readiness, logger: logger)
    let book = CreditBook(settings: settings.stage, logger: logger)
    let bells = (runs: Bell(), errands: Bell())
    let answers = RunAnswers(
        database: database,
        producer: producer,
        namespace: settings.stage.namespace,
        source: context.source
    )
    let pageSets = PageSetStore(database: database, lifetime: settings.pageReuse)
    let leases = LeaseStore(database: database, owner: context.source, duration: settings.lease)
    let sessions = CorpSessions(
        client: WeComClient(
            clients: http.clients,
            apiURL: settings.weComURL.absoluteString,
            limits: Limits(timeout: settings.callTime)
        ),
        keys: settings.sealingKeys,
        settings: settings.session,
        slots: CallSlots(limit: settings.callsInFlight),
        budget: callLedger(database, settings),
        memory: RefusedCredentials(database: database, schema: FetcherSchema.name),
        isConnected: { configurations.configuration($0)?.isConnected != false },
        logger: logger
    )
    let worker = RunWorker(
        leases: leases,
        checkpoints: CheckpointStore(database: database),
        pageSets: pageSets,
        configurations: configurations,
        sessions: sessions,
        book: book,
        producer: producer,
        answers: answers,
        bell: bells.runs,
        settings: settings,
        context: context
    )
    let errands = ErrandWorker(
        errands: ErrandStore(leases: leases),
        configurations: configurations,
        sessions: sessions,
        producer: producer,
        bell: bells.errands,
        settings: settings,
        context: context
    )
    let handler = InboxHandler(
        inbox: InboxStore(database: database),
        answers: answers,
        configurations: configurations,
        bells: [bells.errands, bells.runs],
        logger: logger
    )
    let inbox = Stage(
        name: "wecom-fetcher",
        topics: [TopicCatalogue.commands],
        handler: handler,
        settings: settings.stage,
        producer: producer,
        readiness: context.readiness,
        after: configurations,
        logger: logger
    )
    return [
        producer, http, configurations, book, cleanUp(database, pageSets, logger),
        DatabaseFigures([EgressSchema.budgets(schema: FetcherSchema.name)], in: database, logger: logger),
        InboxReports(answers: answers, logger: logger), inbox,
        Workers(runs: worker, errands: errands),
    ]
}

/// What this instance may call, of what all of them may.
private func callLedger(_ database: Database, _ settings: FetcherSettings) -> CallLedger {
    let store = BudgetStore(database: database, schema: FetcherSchema.name)
    return CallLedger(limits: settings.callLimits, address: settings.egressAddress) {
        try await store.take($0, of: $1, $2)
    }
}

/// Deletes what nobody needs any more.
func cleanUp(_ database: Database, _ pageSets: PageSetStore, _ logger: Logger) -> PeriodicJob {
    PeriodicJob(
        "clean-up",
        every: .seconds(600),
        schema: FetcherSchema.name,
        database: database,
        logger: logger,
        steps: [
            .deletion(
                "runs that are done",
                from: "fetcher.inbox",
                where: "state = 'done' and finished_at < now() - interval '30 days'",
                in: database
            ),
            .deletion(
                "errands that are done",
                from: "fetcher.errands",
                where: "state = 'done' and finished_at < now() - interval '8 days'",
                in: database
            ),
            .deletion("pages that are too old", from: "fetcher.page_sets", where: pageSets.isOutdated, in: database),
        ] + EgressSchema.cleanUp(schema: FetcherSchema.name, in: database)
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
