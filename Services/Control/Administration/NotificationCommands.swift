import ArgumentParser
import FoundationEssentials
import Messages
import NIOHTTP1
import Runtime

/// `bridgectl notifications …`
struct NotificationCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifications",
        abstract: "Shows what a tenant's administrators are told, and tries it out.",
        subcommands: [
            ListDeliveries.self, PingWebhook.self, RetryDelivery.self, ShowRecipients.self, ChangeRecipients.self,
        ]
    )
}

/// `bridgectl notifications list TENANT`
struct ListDeliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the newest deliveries: what, where to, how it stands, and why it has not arrived."
    )

    @Argument(help: "The tenant's id.")
    var tenant: String

    @Option(help: "At most so many, 1 to 200.")
    var limit = 50

    @OptionGroup var registry: RegistryOptions

    func validate() throws {
        try tenant.requireUUID("a tenant's id")
        guard (1...200).contains(limit) else { throw ValidationError("--limit is 1 to 200.") }
    }

    func run() async throws { print(try await outcome(.process)) }

    /// A line for each.
    func outcome(_ environment: Environment) async throws -> String {
        let path = "/api/v1/tenants/\(tenant)/deliveries?limit=\(limit)"
        let answer = try await registry.api(environment).get(path)
        guard case .object(let fields) = answer, case .array(let items)? = fields["items"] else { return answer.shown }
        return items.isEmpty ? "nothing was told" : items.map(Self.line).joined(separator: "\n")
    }

    static func line(_ delivery: JSON) -> String {
        guard case .object(let fields) = delivery else { return delivery.shown }
        let names = ["raisedAt", "kind", "notificationState", "via", "state", "error", "id"]
        return names.compactMap { fields[$0]?.plain }.joined(separator: "  ")
    }
}

/// `bridgectl notifications ping TENANT WEBHOOK`
struct PingWebhook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Sends a test to a webhook; `notifications list` says what became of it."
    )

    @Argument(help: "The tenant's id.")
    var tenant: String

    @Argument(help: "The webhook's id.")
    var webhook: String

    @OptionGroup var registry: RegistryOptions

    func validate() throws {
        try tenant.requireUUID("a tenant's id")
        try webhook.requireUUID("a webhook's id")
    }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says how it stands.
    func outcome(_ environment: Environment) async throws -> String {
        let path = "/api/v1/tenants/\(tenant)/webhooks/\(webhook)/ping"
        return ListDeliveries.line(try await registry.api(environment).post(path, .object([:])))
    }
}

/// `bridgectl notifications retry TENANT DELIVERY`
struct RetryDelivery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries a delivery again that was given up."
    )

    @Argument(help: "The tenant's id.")
    var tenant: String

    @Argument(help: "The delivery's id.")
    var delivery: String

    @OptionGroup var registry: RegistryOptions

    func validate() throws {
        try tenant.requireUUID("a tenant's id")
        try delivery.requireUUID("a delivery's id")
    }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says how it stands.
    func outcome(_ environment: Environment) async throws -> String {
        let path = "/api/v1/tenants/\(tenant)/deliveries/\(delivery)/retry"
        return ListDeliveries.line(try await registry.api(environment).post(path, .object([:])))
    }
}

/// `bridgectl notifications recipients --idp ID`
struct ShowRecipients: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "recipients",
        abstract: "Whom WeCom messages of an identity provider's notifications go to."
    )

    @Option(help: "The identity provider.") var idp: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.get("/api/v1/idps/\(idp)/notifications") }
}

/// `bridgectl notifications change-recipients --idp ID --set recipients=["zhangsan"] --set enabled=true`
struct ChangeRecipients: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "change-recipients",
        abstract: "Changes what is given of them: enabled, recipients, kinds."
    )

    @Option(help: "The identity provider.") var idp: String
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.PATCH, "/api/v1/idps/\(idp)/notifications", .object(try settings.fields))
    }
}

extension String {
    fileprivate func requireUUID(_ what: String) throws {
        guard UUID(uuidString: self) != nil else { throw ValidationError("Give \(what), a UUID.") }
    }
}
