import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl idps …`
struct IdentityProviders: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idps",
        abstract: "Makes, changes and deletes identity providers.",
        subcommands: [
            ListIdentityProviders.self, ShowIdentityProvider.self, MakeIdentityProvider.self,
            ChangeIdentityProvider.self, ShowClosingImpact.self, DeleteIdentityProvider.self,
        ]
    )
}

/// `bridgectl idps list TENANT`
struct ListIdentityProviders: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "A tenant's identity providers, with their settings."
    )

    @Argument(help: "The tenant's id.") var tenant: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.all("/api/v1/tenants/\(tenant)/idps") }
}

/// `bridgectl idps show ID`
struct ShowIdentityProvider: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One, with its settings.")

    @Argument(help: "The identity provider's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.get("/api/v1/idps/\(id)") }
}

/// `bridgectl idps make TENANT NAME DESCRIPTION`
struct MakeIdentityProvider: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Makes an identity provider; `authorization request` connects it."
    )

    @Argument(help: "The tenant's id.") var tenant: String
    @Argument(help: "What administrators call it.") var name: String
    @Argument(help: "What employees read when they log on.") var title: String
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let given: [String: JSON] = ["name": .string(name), "description": .string(title)]
        let fields = try settings.fields.merging(given) { $1 }
        return try await api.post("/api/v1/tenants/\(tenant)/idps", .object(fields))
    }
}

/// `bridgectl idps change ID --set NAME=VALUE`
struct ChangeIdentityProvider: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Changes the settings that are given."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.PATCH, "/api/v1/idps/\(id)", .object(try settings.fields))
    }
}

/// `bridgectl idps closing-impact ID`
struct ShowClosingImpact: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "closing-impact",
        abstract: "How many people would lose access if it were closed or deleted."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.get("/api/v1/idps/\(id)/closing-impact") }
}

/// `bridgectl idps delete ID --confirm NAME`
struct DeleteIdentityProvider: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes an identity provider, which shuts everybody of it out. It cannot be undone."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @Option(help: "Its name, to show that it is the one that is meant.") var confirm: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let path = "/api/v1/idps/\(id)"
        return try await api.change(.DELETE, path, to: PercentEncoding.url(path, [("confirm", confirm)]))
    }
}
