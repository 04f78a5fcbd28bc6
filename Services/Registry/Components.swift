import AsyncHTTPClient
import BackgroundWork
import Egress
import Examination
import Kafka
import Logging
import Messages
import Outbox
import Phrases
import Pipeline
import Postgres
import Resealing
import Runtime
import Sealing
import WeCom

/// The registry's parts, put together; tests put together the same.
struct Components: Sendable {
    private let settings: Settings
    private let logger: Logger
    private let http: HTTPClient
    private let wecom: WeComClient
    private let phrasebook: Phrasebook
    /// The provider to WeCom; nil when this installation has none.
    private let session: ProviderSession?
    let ledger: Ledger
    /// Tells of runs as they change.
    let runWatch: RunWatch
    let keyJournal = KeyJournal()
    /// Tells again what operators ask for.
    let replayTelling: ReplayTelling

    /// - Parameters:
    ///   - source: What envelopes say of this program.
    ///   - clients: For calls to WeCom; stay the caller's to close.
    ///   - http: For calls to other services; stays the caller's to shut down.
    ///   - phrasebook: What is said to people in WeCom, in their language.
    init(
        _ settings: Settings,
        source: String,
        database: Database,
        readiness: Readiness,
        clients: EgressClients,
        http: HTTPClient,
        phrasebook: Phrasebook,
        logger: Logger
    ) {
        let outbox = Outbox(schema: Migrations.schema)
        ledger = Ledger(
            database: database,
            outbox: outbox,
            relay: OutboxRelay(
                outbox: outbox,
                database: database,
                kafka: settings.stage.kafka,
                namespace: settings.stage.namespace,
                readiness: readiness,
                logger: logger
            ),
            announcements: Announcements(
                namespace: settings.stage.namespace,
                source: source,
                planHours: settings.planHours
            ),
            logger: logger
        )
        runWatch = RunWatch(runs: RunStore(ledger: ledger), settings: settings.runWatch, logger: logger)
        let wecom = WeComClient(
            clients: clients,
            apiURL: settings.wecomURL,
            limits: Limits(timeout: settings.wecomTimeout)
        )
        let tickets = SuiteTickets(database: database, keys: settings.sealingKeys)
        session = settings.provider.map { credentials in
            ProviderSession(client: wecom, credentials: credentials, settings: Self.briskly, logger: logger) {
                try await tickets.newest(of: credentials.templateID)
            }
        }
        replayTelling = ReplayTelling(logger: logger)
        self.http = http
        self.wecom = wecom
        self.phrasebook = phrasebook
        self.settings = settings
        self.logger = logger
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

extension Components {
    var tenants: TenantStore { TenantStore(ledger: ledger) }

    var tenantChanges: TenantChanges { TenantChanges(tenants: tenants, service: identityProviders, clients: clients) }

    var fields: ExtendedFieldStore { ExtendedFieldStore(ledger: ledger, providers: providers) }

    var clients: ClientStore { ClientStore(ledger: ledger, seals: settings.sealingKeys) }

    var keys: APIKeyStore {
        APIKeyStore(ledger: ledger, seals: settings.sealingKeys, bootstrap: settings.bootstrapKey)
    }

    var administrators: AdministratorStore { AdministratorStore(ledger: ledger) }

    var callers: CallerRecognition {
        CallerRecognition(
            keys: keys,
            administrators: administrators,
            tokens: settings.verifier.map { TokenCheck(url: $0.url, http: http) }
        )
    }

    var recovery: ConfigurationRecovery {
        ConfigurationRecovery(
            providers: providers,
            clients: clients,
            told: ToldConfigurations(settings: settings.stage, logger: logger)
        )
    }

    var sealingRotation: SealingRotation {
        SealingRotation(
            database: ledger.database,
            schema: Migrations.schema,
            keys: settings.sealingKeys,
            places: SealedPlaces.all(providers)
        )
    }

    var keyJournalWriter: KeyJournalWriter {
        KeyJournalWriter(journal: keyJournal, database: ledger.database, logger: logger)
    }

    var providers: IdentityProviderStore { IdentityProviderStore(ledger: ledger) }

    var identityProviders: IdentityProviderService {
        IdentityProviderService(
            tenants: tenants,
            providers: providers,
            revisions: RevisionStore(database: ledger.database),
            runs: runs,
            ownApps: OwnAppCheck(
                wecom: wecom,
                keys: settings.sealingKeys,
                budget: outsideBudget,
                memory: refusedCredentials
            ),
            egress: EgressSettings(policy: settings.egressPolicy, keys: settings.sealingKeys),
            survey: ImpactSurvey(
                directory: peer("The directory", settings.directory),
                verifier: peer("The verifier", settings.verifier)
            )
        )
    }

    /// Bounds the calls to WeCom that administrators can cause.
    private var outsideBudget: OutsideBudget {
        OutsideBudget(database: ledger.database, schema: Migrations.schema, address: settings.egressAddress)
    }

    private var refusedCredentials: RefusedCredentials {
        RefusedCredentials(database: ledger.database, schema: Migrations.schema)
    }

    var live: LiveService {
        LiveService(
            providers: providers,
            wecom: wecom,
            keys: settings.sealingKeys,
            budget: outsideBudget,
            memory: refusedCredentials,
            directory: peer("The directory", settings.directory),
            logger: logger
        )
    }

    var preflight: PreflightService {
        PreflightService(
            providers: providers,
            wecom: wecom,
            keys: settings.sealingKeys,
            budget: outsideBudget,
            memory: refusedCredentials,
            template: settings.provider?.templateID,
            places: PreflightPlaces(publicURL: settings.publicURL, logonHost: settings.logonHost),
            logger: logger
        )
    }

    private func peer(_ name: String, _ address: PeerAddress?) -> Peer? {
        address.map { Peer(name: name, url: $0.url, key: $0.key, http: http) }
    }

    var runs: RunStore { RunStore(ledger: ledger) }

    var runService: RunService { RunService(runs: runs) }

    var operationJournal: OperationJournal { OperationJournal(ledger: ledger) }

    var brokerRoutes: BrokerRoutes {
        BrokerRoutes(
            desk: BrokerDesk(settings: settings.stage, logger: logger),
            database: DatabaseExamination(database: ledger.database)
        )
    }

    var replays: ReplayDesk {
        ReplayDesk(
            providers: providers,
            runs: runService,
            journal: operationJournal,
            telling: replayTelling,
            settings: settings.stage,
            logger: logger
        )
    }

    /// Somebody waits for the answer.
    var deadLetters: DeadLetterDesk {
        DeadLetterDesk(
            source: LetterSource(
                settings: settings.stage.kafka,
                namespace: settings.stage.namespace,
                within: .seconds(30),
                logger: logger
            ),
            journal: operationJournal,
            logger: logger
        )
    }

}

extension Components {
    /// Starts what is due.
    var schedule: PeriodicJob {
        let scheduler = Scheduler(runs: runs, pace: settings.pace, logger: logger)
        let steps = [
            scheduler.step, RunFollowUps(runs: runs).step, LateRuns(runs: runs).step, Notifications.step(ledger),
        ]
        return job("schedule", every: settings.schedulerPause, steps)
    }

    /// What lapses or ends, and what is no longer needed.
    var housekeeping: PeriodicJob {
        let ends = [TenantEnds(ledger: ledger).step]
        let steps = Housekeeping(runs: runs, providers: providers).steps + ends + retention.soon
        return job("housekeeping", every: .seconds(10), steps)
    }

    /// Reads WeCom's addresses daily, where callbacks have to come from them; soon again while that fails.
    var callbackAddresses: PeriodicJob? {
        guard settings.callbackSources != .off else { return nil }
        let addresses = CallbackAddresses(
            ledger: ledger,
            wecom: wecom,
            keys: settings.sealingKeys,
            memory: refusedCredentials
        )
        return job("callback addresses", every: .seconds(86_400), [addresses.step])
    }

    /// What was kept for months.
    var retentionJob: PeriodicJob { job("retention", every: .seconds(3_600), retention.later) }

    private var retention: Retention { Retention(database: ledger.database, auditDays: settings.auditDays) }

    /// Ends runs that nobody works on.
    ///
    /// - Parameter hearing: Whether this registry can hear of runs and be heard.
    func watchdog(_ hearing: Hearing) -> PeriodicJob {
        let watchdog = Watchdog(runs: runs, settings: settings.watchdog, hearing: hearing)
        return job("watchdog", every: settings.watchdog.pause, watchdog.steps)
    }

    /// Starts runs for what WeCom told.
    var hintedRuns: PeriodicJob {
        job("hinted runs", every: settings.hints.pause, HintedRuns(runs: runs, settings: settings.hints).steps)
    }

    private func job(_ name: String, every period: Duration, _ steps: [Step]) -> PeriodicJob {
        PeriodicJob(
            name,
            every: period,
            schema: Migrations.schema,
            database: ledger.database,
            logger: logger,
            steps: steps
        )
    }
}

extension Components {
    private var webhooks: WebhookStore { WebhookStore(ledger: ledger, keys: settings.sealingKeys) }

    private var messageSettings: MessageSettingsStore { MessageSettingsStore(ledger: ledger) }

    private var deliveries: DeliveryStore { DeliveryStore(ledger: ledger) }

    var webhookRoutes: WebhookRoutes {
        WebhookRoutes(tenants: tenants, webhooks: webhooks, deliveries: deliveries, policy: settings.webhooks)
    }

    var messageRoutes: MessageRoutes { MessageRoutes(providers: providers, settings: messageSettings) }

    /// What administrators are to be told.
    var notificationQueue: WorkQueue<Delivery> {
        let keys = settings.sealingKeys
        return DeliveryQueue(
            database: ledger.database,
            webhooks: WebhookSender(policy: settings.webhooks, keys: keys, publicURL: settings.publicURL),
            messages: AppMessages(
                providers: providers,
                settings: messageSettings,
                wecom: wecom,
                keys: keys,
                phrasebook: phrasebook
            ),
            logger: logger
        ).queue
    }
}

extension Components {
    private var tickets: SuiteTickets { SuiteTickets(database: ledger.database, keys: settings.sealingKeys) }

    private var requests: AuthorizationStore { AuthorizationStore(database: ledger.database) }

    private var callbacks: CallbackStore {
        CallbackStore(database: ledger.database, keys: settings.sealingKeys, tickets: tickets, grants: grants)
    }

    private var grants: GrantStore { GrantStore(database: ledger.database, keys: settings.sealingKeys) }

    private var enterprises: CorpAuthorizationStore {
        CorpAuthorizationStore(ledger: ledger, keys: settings.sealingKeys)
    }

    var authorization: AuthorizationService {
        AuthorizationService(
            providers: providers,
            requests: requests,
            grants: grants,
            enterprises: enterprises,
            tickets: tickets,
            session: session,
            budget: outsideBudget,
            publicURL: settings.publicURL
        )
    }

    var callbackRoutes: CallbackRoutes {
        CallbackRoutes(
            gate: CallbackGate(provider: settings.provider, crypto: settings.callbacks),
            store: callbacks,
            corps: ConnectedCorps(ledger: ledger),
            sources: CallbackSources(database: ledger.database, check: settings.callbackSources),
            logger: logger
        )
    }

    /// WeCom's events that were kept.
    var callbackQueue: WorkQueue<KeptCallback> { AuthorizationEvents(store: callbacks, logger: logger).queue }

    /// The codes that enterprises granted.
    var codeQueue: WorkQueue<GrantedCode> { CodeExchange(grants: grants, session: session, logger: logger).queue }

    /// The enterprises that granted something.
    var authorizationQueue: WorkQueue<CorpAuthorization> {
        AuthorizationCheck(
            store: enterprises,
            providers: providers,
            runs: AuthorizationRuns(runs: runs),
            session: session,
            settings: settings.grants,
            logger: logger
        ).queue
    }

    /// Watches the template's suite ticket; nil where this installation is no provider.
    func ticketWatch(_ readiness: Readiness) -> TicketWatch? {
        session.map { TicketWatch(tickets: tickets, template: $0.credentials.templateID, readiness: readiness) }
    }
}
