import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl clients …`
struct Clients: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "Makes, changes and deletes the programs that let people log on by OpenID Connect.",
        subcommands: [
            ListClients.self, ShowClient.self, MakeClient.self, ChangeClient.self, RotateClientSecret.self,
            DeleteClient.self,
        ]
    )
}

/// Which client.
struct ClientPath: ParsableArguments {
    @Argument(help: "The client's id.") var id: String

    var path: String { "/api/v1/clients/\(id)" }
}

/// `bridgectl clients list`
struct ListClients: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The clients, whose people they are for and how they prove themselves."
    )

    @Option(help: "Only those of this tenant.") var tenant: String?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.all("/api/v1/clients", [("tenantID", tenant)])
    }
}

/// `bridgectl clients show ID`
struct ShowClient: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "A client, without its secrets.")

    @OptionGroup var client: ClientPath
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.get(client.path) }
}

/// `bridgectl clients make NAME --authentication WAY`
struct MakeClient: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Makes a client; a secret is shown this once."
    )

    @Argument(help: "What it is called.") var name: String
    @Option(help: "How it proves itself: none, client_secret or private_key_jwt.") var authentication: String
    @Option(help: "The only tenant whose people it is for; else everybody's that the own key is for.")
    var tenant: String?
    @Option(name: .customLong("client-id"), help: "What it calls itself, for a client of all tenants; else its id.")
    var clientID: String?
    @Option(name: .customLong("redirect"), help: "Where people may be sent back to; any number of times.")
    var redirects: [String] = []
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var fields = try settings.fields
        fields["name"] = .string(name)
        fields["authentication"] = .string(authentication)
        if let tenant { fields["tenantID"] = .string(tenant) }
        if let clientID { fields["clientID"] = .string(clientID) }
        if !redirects.isEmpty { fields["redirectURIs"] = .array(redirects.map { .string($0) }) }
        return try await api.post("/api/v1/clients", .object(fields))
    }
}

/// `bridgectl clients change ID --set NAME=VALUE`
struct ChangeClient: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Changes what is given of a client: name, status, redirectURIs, scopes, keys and so on."
    )

    @OptionGroup var client: ClientPath
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.PATCH, client.path, .object(try settings.fields))
    }
}

/// `bridgectl clients rotate-secret ID`
struct RotateClientSecret: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "rotate-secret",
        abstract: "Gives a client a new secret, which is shown this once; the old one counts too for a while yet."
    )

    @OptionGroup var client: ClientPath
    @Option(help: "For how many hours the old secret counts too; else 24.") var overlapHours: Int64?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let body: [String: JSON] = overlapHours.map { ["overlapHours": .integer($0)] } ?? [:]
        return try await api.change(.POST, client.path, to: client.path + "/rotate-secret", .object(body))
    }
}

/// `bridgectl clients delete ID`
struct DeleteClient: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a client, whose sessions end; what it called itself is nobody else's ever."
    )

    @OptionGroup var client: ClientPath
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.change(.DELETE, client.path) }
}
