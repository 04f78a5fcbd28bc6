import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl administrators …`
struct Administrators: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "administrators",
        abstract: "Employees who administer their tenant, and sign in with their own WeCom account.",
        subcommands: [
            ListAdministrators.self, AddAdministrator.self, ChangeAdministrator.self, RemoveAdministrator.self,
        ]
    )
}

/// `bridgectl administrators list`
struct ListAdministrators: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The administrators, with their roles and when they were here last."
    )

    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.all("/api/v1/administrators") }
}

/// `bridgectl administrators add USER --name NAME --role ROLE`
struct AddAdministrator: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes an employee an administrator of their tenant."
    )

    @Argument(help: "The person's id in the directory.") var user: String
    @Option(help: "What the audit calls them.") var name: String
    @Option(help: "viewer, operator, admin or owner.") var role: String
    @Option(help: "Whose employee it is; else the own key's tenant.") var tenant: String?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var body: [String: JSON] = ["userID": .string(user), "name": .string(name), "role": .string(role)]
        body["tenantID"] = tenant.map { .string($0) }
        return try await api.post("/api/v1/administrators", .object(body))
    }
}

/// `bridgectl administrators change ID --role ROLE`
struct ChangeAdministrator: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Changes what an administrator may do, at once."
    )

    @Argument(help: "The administrator's id.") var id: String
    @Option(help: "viewer, operator, admin or owner.") var role: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let path = "/api/v1/administrators/\(id)"
        return try await api.change(.PATCH, path, .object(["role": .string(role)]))
    }
}

/// `bridgectl administrators remove ID`
struct RemoveAdministrator: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Takes an employee's administration away, at once."
    )

    @Argument(help: "The administrator's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.DELETE, "/api/v1/administrators/\(id)")
    }
}
