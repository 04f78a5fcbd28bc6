import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl keys …`
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes, replaces and revokes API keys, and changes the key that secrets rest sealed by.",
        subcommands: [ListKeys.self, MakeKey.self, ReplaceKey.self, RevokeKey.self, RotateKeys.self]
    )
}

/// `bridgectl keys list`
struct ListKeys: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The API keys, with their roles, ends and last uses."
    )

    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.all("/api/v1/api-keys") }
}

/// `bridgectl keys make NAME --role ROLE`
struct MakeKey: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Makes an API key, which is shown this once."
    )

    @Argument(help: "What it is called.") var name: String
    @Option(help: "viewer, operator, admin or owner.") var role: String
    @Option(help: "The only tenant that it is for; else all that the own key is for.") var tenant: String?
    @Option(help: "From when on it is refused, such as 2030-01-31T08:00:00Z; else never.") var expires: String?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var body: [String: JSON] = ["name": .string(name), "role": .string(role)]
        body["tenantID"] = tenant.map { .string($0) }
        body["expiresAt"] = expires.map { .string($0) }
        return try await api.post("/api/v1/api-keys", .object(body))
    }
}

/// `bridgectl keys replace ID`
struct ReplaceKey: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Gives an API key a new secret, which is shown this once; the old one is good for a while yet."
    )

    @Argument(help: "The key's id.") var id: String
    @Option(help: "For how many hours the old secret is good; else 24.") var overlapHours: Int64?
    @Option(help: "Another end of the key, such as 2030-01-31T08:00:00Z.") var expires: String?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var body: [String: JSON] = [:]
        body["overlapHours"] = overlapHours.map { .integer($0) }
        body["expiresAt"] = expires.map { .string($0) }
        let path = "/api/v1/api-keys/\(id)"
        return try await api.change(.POST, path, to: path + "/replace", .object(body))
    }
}

/// `bridgectl keys revoke ID`
struct RevokeKey: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revokes an API key, which ends its use at once."
    )

    @Argument(help: "The key's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.DELETE, "/api/v1/api-keys/\(id)")
    }
}
