import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl tenants …`
struct Tenants: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants",
        abstract: "Makes, renames, suspends and deletes tenants.",
        subcommands: [
            ListTenants.self, MakeTenant.self, RenameTenant.self, SuspendTenant.self, ResumeTenant.self,
            DeleteTenant.self,
        ]
    )
}

/// `bridgectl tenants list`
struct ListTenants: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The tenants that the key sees.")

    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.all("/api/v1/tenants") }
}

/// `bridgectl tenants make NAME`
struct MakeTenant: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "make", abstract: "Makes a tenant.")

    @Argument(help: "What it is called.") var name: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.post("/api/v1/tenants", .object(["name": .string(name)]))
    }
}

/// `bridgectl tenants rename ID NAME`
struct RenameTenant: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: "Gives a tenant another name.")

    @Argument(help: "The tenant's id.") var id: String
    @Argument(help: "What it is called from now on.") var name: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.PATCH, "/api/v1/tenants/\(id)", .object(["name": .string(name)]))
    }
}

/// `bridgectl tenants suspend ID`
struct SuspendTenant: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Shuts all of a tenant's identity providers: nobody logs on, sessions end, no run starts."
    )

    @Argument(help: "The tenant's id.") var id: String
    @Option(help: "Why; the tenant's administrators see it.") var reason: String?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let body: [String: JSON] = reason.map { ["reason": .string($0)] } ?? [:]
        let path = "/api/v1/tenants/\(id)"
        return try await api.change(.POST, path, to: path + "/suspend", .object(body))
    }
}

/// `bridgectl tenants resume ID`
struct ResumeTenant: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Brings a suspended tenant's identity providers back as they were."
    )

    @Argument(help: "The tenant's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let path = "/api/v1/tenants/\(id)"
        return try await api.change(.POST, path, to: path + "/resume", .object([:]))
    }
}

/// `bridgectl tenants delete ID --confirm NAME`
struct DeleteTenant: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a tenant with all its identity providers, which shuts everybody out. It cannot be undone."
    )

    @Argument(help: "The tenant's id.") var id: String
    @Option(help: "The tenant's name, to show that it is the one that is meant.") var confirm: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let path = "/api/v1/tenants/\(id)"
        return try await api.change(.DELETE, path, to: PercentEncoding.url(path, [("confirm", confirm)]))
    }
}
