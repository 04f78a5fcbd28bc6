import ArgumentParser
import FoundationEssentials
import NIOHTTP1
import Runtime

/// `bridgectl mapping …`
struct MappingCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mapping",
        abstract: "Shows, tries and changes the rules by which people are mapped.",
        subcommands: [
            ShowMapping.self, ListFunctions.self, PreviewMapping.self, CheckMapping.self, ApplyMapping.self,
        ]
    )
}

/// Rules, and whom they leave out, as a file has them.
struct MappingFile: ParsableArguments {
    @Option(help: "A JSON object with mapping, filter, or both, as `mapping show` prints it.") var file: String

    /// What the file says of them.
    ///
    /// - Throws: ``ValidationError`` where it holds no such object.
    var fields: [String: JSON] {
        get throws {
            let given = try GivenSettings.parse(["--file", file]).fields
            let fields = given.filter { $0.key == "mapping" || $0.key == "filter" }
            guard !fields.isEmpty else { throw ValidationError("\(file) has neither mapping nor filter.") }
            return fields
        }
    }
}

/// `bridgectl mapping show IDP`
struct ShowMapping: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "The rules and the filter in force, as the other verbs take them from a file."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let provider = try await api.get("/api/v1/idps/\(id)")
        guard case .object(let fields) = provider else { return provider }
        return .object(["mapping": fields["mapping"] ?? .array([]), "filter": fields["filter"] ?? .null])
    }
}

/// `bridgectl mapping functions IDP`
struct ListFunctions: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "functions",
        abstract: "What expressions are made of, with an example each."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.get("/api/v1/idps/\(id)/mapping/functions") }
}

/// `bridgectl mapping preview IDP`
struct PreviewMapping: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "What rules make of people as WeCom shows them now: before, after, what changes and what fails."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @Option(help: "A file with rules; else those in force.") var file: String?
    @Option(help: "One person's user id in WeCom; else anybody.") var user: String?
    @Option(help: "How many people, 1 to 100.") var count = 5
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var body = try file.map { try MappingFile.parse(["--file", $0]).fields } ?? [:]
        body["user"] = user.map { .string($0) }
        body["count"] = .integer(Int64(count))
        return try await api.post("/api/v1/idps/\(id)/mapping/preview", .object(body))
    }
}

/// `bridgectl mapping check IDP --file FILE`
struct CheckMapping: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Whether rules can be taken, whom of 100 people they change, leave out or fail, and what collides."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @OptionGroup var rules: MappingFile
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var body = try rules.fields
        body["count"] = .integer(100)
        let preview = try await api.post("/api/v1/idps/\(id)/mapping/preview", .object(body))
        guard case .object(var fields) = preview else { return preview }
        fields["people"] = nil
        return .object(fields)
    }
}

/// `bridgectl mapping apply IDP --file FILE`
struct ApplyMapping: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Puts the rules of a file into force; the next run maps everybody by them."
    )

    @Argument(help: "The identity provider's id.") var id: String
    @OptionGroup var rules: MappingFile
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.change(.PATCH, "/api/v1/idps/\(id)", .object(try rules.fields))
    }
}
