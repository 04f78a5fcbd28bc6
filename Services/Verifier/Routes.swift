import Egress
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Postgres
import Rebuild
import Runtime
import WeCom

extension Wiring {
    /// Every route. Errors are RFC 6749's under `/oauth2`, pages under `/logon`, problem details elsewhere.
    ///
    /// RFC 6749's are made within what lets clients' pages read them, and around it, as its own look-up can fail.
    func router() -> Router<VerifierContext> {
        let router = makeRouter(context: VerifierContext.self)
        router.middlewares.add(
            ProblemMiddleware { error in
                guard let error = error as? PostgresError, error.isAway else { return nil }
                return .unavailable("The database does not answer, or is busy.")
            }
        )
        router.middlewares.add(OAuthErrorMiddleware())
        router.middlewares.add(CrossOriginMiddleware(clients: clients))
        router.middlewares.add(OAuthErrorMiddleware())
        router.middlewares.add(LookingAheadMiddleware())
        router.middlewares.add(PaceMiddleware(pace: AddressPace(), proxies: settings.trustedProxies, pages: pages))
        addPages(to: router)
        addTokenEndpoints(to: router)
        addAPI(to: router)
        return router
    }

    private var grants: GrantStore { GrantStore(database: database, sessions: sessions) }

    private var seal: TravellingSeal { TravellingSeal(keys: settings.sealing) }

    private var cookies: BrowserCookies { BrowserCookies(isSecure: settings.publicURL.hasPrefix("https:")) }

    private var limits: LogonLimits { LogonLimits(database: database) }

    private var issuer: TokenIssuer {
        TokenIssuer(
            issuer: settings.publicURL,
            keys: keys,
            sessions: sessions,
            configurations: configurations
        )
    }

    private var devices: DeviceGrantStore { DeviceGrantStore(database: database) }

    private var pushed: PushedRequestStore { PushedRequestStore(database: database) }

    private var authentication: ClientAuthentication {
        ClientAuthentication(
            clients: clients,
            assertions: ClientAssertionStore(database: database),
            issuer: settings.publicURL
        )
    }

    private var diagnoses: DiagnosisStore {
        DiagnosisStore(database: database, events: sessions.events, limits: limits, logger: context.logger)
    }

    private var links: LogonLinks {
        LogonLinks(
            publicURL: settings.publicURL,
            loginURL: settings.wecomLoginURL,
            oauthURL: settings.wecomOAuthURL
        )
    }

    private var logon: Logon {
        Logon(
            configurations: configurations,
            principals: PrincipalStore(database: database),
            wecom: wecom,
            budget: OutsideBudget(
                database: database,
                schema: Migrations.schema,
                address: settings.egressAddress
            ),
            limits: limits,
            used: UsedTickets(database: database),
            synchronization: settings.registry.map { PersonSynchronization(registry: $0, http: http) },
            turns: turns
        )
    }

    private func addPages(to router: Router<VerifierContext>) {
        LogonRoutes(
            logon: logon,
            clients: clients,
            pending: PendingLogons(seal: seal, cookies: cookies),
            grants: grants,
            diagnoses: diagnoses,
            pages: pages,
            cookies: cookies,
            links: links,
            proxies: settings.trustedProxies,
            logger: context.logger
        ).add(to: router)
        AuthorizeRoutes(
            clients: clients,
            pushed: pushed,
            seal: seal,
            remembered: BrowserLogonStore(database: database),
            grants: grants,
            issuer: issuer,
            logon: logon,
            pages: pages,
            cookies: cookies,
            links: links,
            proxies: settings.trustedProxies,
            logger: context.logger
        ).add(to: router)
        DeviceRoutes(
            clients: clients,
            devices: devices,
            seal: seal,
            remembered: BrowserLogonStore(database: database),
            grants: grants,
            issuer: issuer,
            limits: limits,
            pages: pages,
            cookies: cookies,
            links: links,
            proxies: settings.trustedProxies,
            logger: context.logger
        ).add(to: router)
        EndSessionRoutes(
            clients: clients,
            grants: grants,
            remembered: BrowserLogonStore(database: database),
            seal: seal,
            cookies: cookies,
            pages: pages,
            issuer: issuer,
            logger: context.logger
        ).add(to: router)
    }

    private func addTokenEndpoints(to router: Router<VerifierContext>) {
        DiscoveryRoutes(issuer: settings.publicURL, keys: keys).add(to: router)
        UserinfoRoutes(issuer: issuer).add(to: router)
        PushedRequestRoutes(
            authentication: authentication,
            requests: pushed,
            clients: clients,
            limits: limits,
            proxies: settings.trustedProxies
        ).add(to: router)
        DeviceAuthorizationRoutes(
            authentication: authentication,
            devices: devices,
            limits: limits,
            links: links,
            proxies: settings.trustedProxies
        ).add(to: router)
        TokenRoutes(
            authentication: authentication,
            grants: grants,
            issuer: issuer
        ).add(to: router)
    }

    private func addAPI(to router: Router<VerifierContext>) {
        let operators = OperatorAccess(key: settings.operatorKey)
        NativeRoutes(
            logon: logon,
            grants: grants,
            issuer: issuer,
            diagnoses: diagnoses,
            authentication: authentication,
            tickets: NativeTickets(seal: seal),
            proxies: settings.trustedProxies,
            operators: operators
        ).add(to: router)
        OperatorRoutes(
            sessions: sessions,
            people: PersonSessions(database: database),
            operators: operators
        ).add(to: router)
        KeyRoutes(store: keyStore, operators: operators).add(to: router)
        SealingRoutes(
            database: database,
            rotation: sealingRotation,
            operators: operators,
            logger: context.logger
        ).add(to: router)
        RebuildRoutes(rebuild) { (request, _: VerifierContext) in
            try operators.check(request)
        } answer: { status, code in
            try JSONAnswer.make(status, status: code)
        }
        .add(to: router, at: "/api/v1/principals/rebuild")
        router.get("/openapi.json") { [openAPI] _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: openAPI))
            )
        }
    }
}
