import ArgumentParser
import FoundationEssentials
import Messages
import Runtime

/// `bridgectl configuration …`
struct ConfigurationCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configuration",
        abstract: "Looks after the topics of configurations.",
        subcommands: [RepublishConfigurations.self, RecoverConfigurations.self]
    )
}

/// `bridgectl configuration republish`
struct RepublishConfigurations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "republish",
        abstract:
            "Has the registry publish the configuration of each identity provider and client again, deleted ones too.",
        discussion: "For a topic of configurations that was lost or made anew. Harmless at any time."
    )

    @Option(help: "Where the registry is; else REGISTRY_URL.")
    var registryURL: String?

    @Option(
        help: "An owner's API key for all tenants; else REGISTRY_API_KEY, which does not show in lists of processes."
    )
    var apiKey: String?

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says what came of it.
    func outcome(_ environment: Environment) async throws -> String {
        let api = try AdminAPI("registry", "REGISTRY", environment, url: registryURL, key: apiKey)
        let count = try await api.count(of: "/api/v1/configurations/republish", .object([:]))
        return "\(count) configurations are published again"
    }
}

/// `bridgectl configuration recover`
struct RecoverConfigurations: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Has the registry take over from the topics what it does not know, or knows in an older state.",
        discussion: """
            After the registry's database was restored from a backup, before anybody changes a setting: every service goes on \
            with what was told since. Harmless at any time.
            """
    )

    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.post("/api/v1/configurations/recover", .object([:]))
    }
}

/// `bridgectl directory …`
struct DirectoryCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory",
        abstract: "Shows what the directory has and had, and looks after what it has told others.",
        subcommands: [ShowPerson.self, ShowHistory.self, ExportObjects.self, ShowPlan.self, RepublishDirectory.self]
    )
}

/// `bridgectl directory republish`
struct RepublishDirectory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "republish",
        abstract: "Has the writer tell everybody in the directory again, for principals that were lost.",
        discussion: "The writer does it in the background. Harmless at any time."
    )

    @Option(help: "Only this identity provider; else all.")
    var idp: String?

    @Option(help: "Where the writer's API is; else DIRECTORY_URL.")
    var directoryURL: String?

    @Option(help: "A key for all tenants; else DIRECTORY_API_KEY, which does not show in lists of processes.")
    var apiKey: String?

    func validate() throws { _ = try identityProvider }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says what came of it.
    func outcome(_ environment: Environment) async throws -> String {
        let api = try AdminAPI("directory", "DIRECTORY", environment, url: directoryURL, key: apiKey)
        let body = try identityProvider.map { JSON.object(["idp": .string($0.description)]) } ?? .object([:])
        let count = try await api.count(of: "/api/v1/republications", body)
        return "\(count) identity providers' people are told again"
    }

    private var identityProvider: IdentityProviderID? {
        get throws {
            guard let idp else { return nil }
            guard let id = IdentityProviderID(idp) else {
                throw ValidationError("--idp is an identity provider's id, a UUID.")
            }
            return id
        }
    }
}

extension AdminAPI {
    /// What a request's answer counts: the one number in it.
    fileprivate func count(of path: String, _ body: JSON) async throws -> Int64 {
        let answer = try await post(path, body)
        if case .object(let members) = answer {
            let numbers = members.values.compactMap { if case .integer(let number) = $0 { number } else { nil } }
            if let number = numbers.first, numbers.count == 1 { return number }
            // The registry tells identity providers and clients apart.
            if Set(members.keys) == ["configurations", "clients"], numbers.count == 2 { return numbers.reduce(0, +) }
        }
        throw AdminAPIError("\(service) at \(url)\(path) did not say how many: \(answer.shown)")
    }
}
