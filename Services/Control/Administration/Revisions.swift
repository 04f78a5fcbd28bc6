import ArgumentParser
import NIOHTTP1
import Runtime

/// `bridgectl revisions …`
struct Revisions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revisions",
        abstract: "Shows, compares and restores the states of an identity provider's configuration.",
        subcommands: [ListRevisions.self, ShowRevision.self, CompareRevisions.self, RestoreRevision.self]
    )
}

/// `bridgectl revisions list --idp ID`
struct ListRevisions: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "What was changed, by whom, newest first."
    )

    @Option(help: "The identity provider.") var idp: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.all("/api/v1/idps/\(idp)/revisions") }
}

/// `bridgectl revisions show NUMBER --idp ID`
struct ShowRevision: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One state, with its settings.")

    @Argument(help: "The revision's number.") var revision: Int64
    @Option(help: "The identity provider.") var idp: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.get("/api/v1/idps/\(idp)/revisions/\(revision)")
    }
}

/// `bridgectl revisions difference FROM TO --idp ID`
struct CompareRevisions: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "difference",
        abstract: "What differs between two states."
    )

    @Argument(help: "A revision's number.") var from: Int64
    @Argument(help: "Another one's.") var to: Int64
    @Option(help: "The identity provider.") var idp: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.get("/api/v1/idps/\(idp)/revisions/\(from)/difference/\(to)")
    }
}

/// `bridgectl revisions restore NUMBER --idp ID`
struct RestoreRevision: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Brings back a state's settings, as a further change."
    )

    @Argument(help: "The revision's number.") var revision: Int64
    @Option(help: "The identity provider.") var idp: String
    @Flag(help: "It is known what closing does, where the revision was closed.") var confirmClosing = false
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        let path = "/api/v1/idps/\(idp)"
        let body: JSON = .object(["confirmClosing": .boolean(confirmClosing)])
        return try await api.change(.POST, path, to: path + "/revisions/\(revision)/restore", body)
    }
}
