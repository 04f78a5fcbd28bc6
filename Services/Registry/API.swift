import Egress
import Foundation
import Hummingbird
import Logging
import Outbox
import Postgres
import Runtime

/// The registry over HTTP: the admin API, WeCom's callbacks and the description of both.
struct API: Sendable {
    let components: Components
    let logger: Logger

    /// All routes.
    func router() -> Router<RegistryContext> {
        let router = makeRouter(context: RegistryContext.self)
        router.add(middleware: ProblemMiddleware(Self.problem))
        router.get("openapi.json") { _, _ in try OpenAPI.response() }
        components.callbackRoutes.add(to: router)
        let admin = router.group("api/v1")
            .add(middleware: Authentication(callers: components.callers, journal: components.keyJournal))
            .add(middleware: RequestIdentification())
        TenantRoutes(tenants: components.tenants, changes: components.tenantChanges).add(to: admin)
        ExtendedFieldRoutes(tenants: components.tenants, fields: components.fields).add(to: admin)
        IdentityProviderRoutes(service: components.identityProviders).add(to: admin)
        RevisionRoutes(service: components.identityProviders).add(to: admin)
        ConfigurationRoutes(
            providers: components.providers,
            clients: components.clients,
            recovery: components.recovery
        ).add(to: admin)
        AuthorizationRoutes(service: components.authorization).add(to: admin)
        PreflightRoutes(service: components.preflight).add(to: admin)
        LiveRoutes(service: components.live).add(to: admin)
        QuarantineRoutes(providers: components.providers, runs: components.runs).add(to: admin)
        RunRoutes(service: components.runService, providers: components.providers).add(to: admin)
        RunEventRoutes(runs: components.runs, watch: components.runWatch).add(to: admin)
        components.webhookRoutes.add(to: admin)
        components.messageRoutes.add(to: admin)
        ClientRoutes(clients: components.clients, tenants: components.tenants).add(to: admin)
        APIKeyRoutes(keys: components.keys).add(to: admin)
        AdministratorRoutes(administrators: components.administrators).add(to: admin)
        OperationRoutes(journal: components.operationJournal).add(to: admin)
        ConditionRoutes(conditions: ConditionStore(database: components.ledger.database)).add(to: admin)
        DeadLetterRoutes(desk: components.deadLetters).add(to: admin)
        components.brokerRoutes.add(to: admin)
        ReplayRoutes(replays: ReplayList(database: components.ledger.database), desk: components.replays).add(to: admin)
        SealingRoutes(ledger: components.ledger, rotation: components.sealingRotation).add(to: admin)
        AuditRoutes(store: AuditStore(database: components.ledger.database)).add(to: admin)
        return router
    }

    /// What errors that are not the caller's mean to the caller: never what the database said.
    private static func problem(_ error: any Error) -> Problem? {
        if let error = error as? RecordTooLarge {
            return Problem(
                .contentTooLarge,
                "change-too-large",
                title: "Too large",
                detail: "All that is set here would be told in \(error.size) bytes; it may be \(error.limit).",
                fix: "Shorten what was entered: rules, constants, extended fields, or lists of departments and members."
            )
        }
        if let error = error as? TooManyCalls { return error.problem }
        guard let error = error as? PostgresError, error.isAway else { return nil }
        return .unavailable("The registry cannot reach its database at present, or had to give up this change.")
    }
}

/// The description of the API, as it is committed.
enum OpenAPI {
    /// `openapi.json`, as it stands beside this file.
    static func document() throws -> Data {
        guard let url = Bundle.module.url(forResource: "openapi", withExtension: "json") else {
            throw StoredDataError(what: "openapi.json beside the program")
        }
        return try Data(contentsOf: url)
    }

    static func response() throws -> Response {
        Response.bytes(try document(), type: "application/json; charset=utf-8")
    }
}
