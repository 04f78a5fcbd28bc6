import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl fields …`
struct ExtendedFields: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields",
        abstract: "Makes, changes and deletes a tenant's extended fields.",
        subcommands: [ListFields.self, MakeField.self, ChangeField.self, DeleteField.self]
    )
}

/// `bridgectl fields list TENANT`
struct ListFields: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "A tenant's extended fields.")

    @Argument(help: "The tenant's id.") var tenant: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.all("/api/v1/tenants/\(tenant)/extended-fields")
    }
}

/// `bridgectl fields make TENANT KEY --set titles={"en":"Room"}`
struct MakeField: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Makes an extended field; titles are needed, type, options, isRequired and isVisible are not."
    )

    @Argument(help: "The tenant's id.") var tenant: String
    @Argument(help: "The field's key, such as costCenter.") var key: String
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let fields = try settings.fields.merging(["key": .string(key)]) { $1 }
        return try await api.post("/api/v1/tenants/\(tenant)/extended-fields", .object(fields))
    }
}

/// `bridgectl fields change TENANT KEY --set NAME=VALUE`
struct ChangeField: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Changes what is given of a field."
    )

    @Argument(help: "The tenant's id.") var tenant: String
    @Argument(help: "The field's key.") var key: String
    @OptionGroup var settings: GivenSettings
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let path = "/api/v1/tenants/\(tenant)/extended-fields/\(key)"
        return try await api.change(.PATCH, path, .object(try settings.fields))
    }
}

/// `bridgectl fields delete TENANT KEY`
struct DeleteField: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a field; where mappings use it, --confirm takes it out of them too."
    )

    @Argument(help: "The tenant's id.") var tenant: String
    @Argument(help: "The field's key.") var key: String
    @Flag(help: "It is known which mappings use it.") var confirm = false
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let path = "/api/v1/tenants/\(tenant)/extended-fields/\(key)"
        return try await api.change(
            .DELETE,
            path,
            to: PercentEncoding.url(path, [("confirm", confirm ? key : nil)])
        )
    }
}
