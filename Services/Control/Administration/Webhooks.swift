import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl webhooks …`
struct Webhooks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Makes, changes and deletes a tenant's webhooks.",
        subcommands: [ListWebhooks.self, MakeWebhook.self, ChangeWebhook.self, RotateSecret.self, DeleteWebhook.self]
    )
}

/// Which webhook of which tenant.
struct WebhookName: ParsableArguments {
    @Argument(help: "The tenant's id.") var tenant: String
    @Argument(help: "The webhook's id.") var webhook: String

    var path: String { "/api/v1/tenants/\(tenant)/webhooks/\(webhook)" }
}

/// `bridgectl webhooks list TENANT`
struct ListWebhooks: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "A tenant's webhooks.")

    @Argument(help: "The tenant's id.") var tenant: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.all("/api/v1/tenants/\(tenant)/webhooks") }
}

/// `bridgectl webhooks make TENANT URL`
struct MakeWebhook: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Makes a webhook; the secret that signs what it gets is shown this once."
    )

    @Argument(help: "The tenant's id.") var tenant: String
    @Argument(help: "Where notifications are sent, by https.") var url: String
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let fields = try settings.fields.merging(["url": .string(url)]) { $1 }
        return try await api.post("/api/v1/tenants/\(tenant)/webhooks", .object(fields))
    }
}

/// `bridgectl webhooks change TENANT WEBHOOK --set NAME=VALUE`
struct ChangeWebhook: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Changes what is given of a webhook: url, description, kinds, enabled."
    )

    @OptionGroup var name: WebhookName
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.PATCH, name.path, .object(try settings.fields))
    }
}

/// `bridgectl webhooks rotate-secret TENANT WEBHOOK`
struct RotateSecret: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "rotate-secret",
        abstract: "Gives a webhook a new secret, which is shown this once; the old one signs too for a while yet."
    )

    @OptionGroup var name: WebhookName
    @Option(help: "For how many hours the old secret signs too; else 24.") var overlapHours: Int64?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let body: [String: JSON] = overlapHours.map { ["overlapHours": .integer($0)] } ?? [:]
        return try await api.change(.POST, name.path, to: name.path + "/rotate-secret", .object(body))
    }
}

/// `bridgectl webhooks delete TENANT WEBHOOK`
struct DeleteWebhook: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a webhook, and what was to be sent to it."
    )

    @OptionGroup var name: WebhookName
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.change(.DELETE, name.path) }
}
