import AsyncHTTPClient
import Kafka
import Logging
import Messages
import Outbox
import Pipeline
import Postgres
import Runtime
import Sealing
import WeCom

/// The registry's parts, put together; tests put together the same.
struct Components: Sendable {
    let ledger: Ledger
    let tenants: TenantStore
    let fields: ExtendedFieldStore
    let keys: APIKeyStore
    let providers: IdentityProviderStore
    let identityProviders: IdentityProviderService
    let runs: RunStore
    let runService: RunService
    let authorization: AuthorizationService
    let callbackRoutes: CallbackRoutes
    let callbackWorker: CallbackWorker
    let scheduler: Scheduler
    let housekeeping: Housekeeping

    /// - Parameters:
    ///   - source: What envelopes say of this program.
    ///   - http: For calls to WeCom; stays the caller's to shut down.
    init(
        _ settings: Settings,
        source: String,
        database: Database,
        producer: Producer,
        http: HTTPClient,
        logger: Logger
    ) {
        let outbox = Outbox(schema: Migrations.schema)
        ledger = Ledger(
            database: database,
            outbox: outbox,
            relay: OutboxRelay(outbox: outbox, database: database, producer: producer, logger: logger),
            announcements: Announcements(namespace: settings.stage.namespace, source: source)
        )
        tenants = TenantStore(ledger: ledger)
        providers = IdentityProviderStore(ledger: ledger)
        fields = ExtendedFieldStore(ledger: ledger, providers: providers)
        keys = APIKeyStore(ledger: ledger, bootstrapDigest: settings.bootstrapKey.map(APIKey.digest))
        runs = RunStore(ledger: ledger)
        runService = RunService(runs: runs)
        let wecom = WeComClient(http: http, apiURL: settings.wecomURL, limits: Limits(timeout: .seconds(10)))
        identityProviders = IdentityProviderService(
            tenants: tenants,
            providers: providers,
            revisions: RevisionStore(database: database),
            runs: runs,
            ownApps: OwnAppCheck(wecom: wecom, keys: settings.sealingKeys)
        )
        let tickets = SuiteTickets(database: database, keys: settings.sealingKeys)
        let session = settings.provider.map { credentials in
            ProviderSession(
                client: wecom,
                credentials: credentials,
                settings: Self.briskly,
                logger: logger,
                ticket: { try await tickets.newest(of: credentials.templateID) }
            )
        }
        let requests = AuthorizationStore(database: database)
        authorization = AuthorizationService(
            providers: providers,
            requests: requests,
            tickets: tickets,
            session: session,
            publicURL: settings.publicURL
        )
        let callbacks = CallbackStore(database: database, keys: settings.sealingKeys, tickets: tickets)
        callbackRoutes = CallbackRoutes(
            gate: CallbackGate(provider: settings.provider, crypto: settings.callbacks),
            store: callbacks,
            corps: ConnectedCorps(database: database),
            logger: logger
        )
        let (runs, providers) = (runs, providers)
        callbackWorker = CallbackWorker(
            store: callbacks,
            requests: requests,
            events: session.map { session in
                AuthorizationEvents(
                    runs: runs,
                    providers: providers,
                    requests: requests,
                    callbacks: callbacks,
                    session: session,
                    keys: settings.sealingKeys
                )
            },
            logger: logger
        )
        scheduler = Scheduler(runs: runs, logger: logger)
        housekeeping = Housekeeping(runs: runs, providers: providers, runTimeout: settings.runTimeout, logger: logger)
    }

    /// Somebody waits for the answer, and what waits for nobody is tried again later anyway.
    private static let briskly = SessionSettings(
        busyRetries: 1,
        transportRetries: 1,
        concurrencyRetries: 1,
        pause: .seconds(1),
        maximumPauses: 0
    )
}
