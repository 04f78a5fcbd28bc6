import ArgumentParser
import Messages
import Runtime

/// `bridgectl authorization …`
struct AuthorizationCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorization",
        abstract: "Looks after what enterprises grant to identity providers.",
        subcommands: [
            ShowAuthorization.self, RequestAuthorization.self, ConfirmGrant.self, DeclineGrant.self, EndGrant.self,
        ]
    )
}

/// Which identity provider's authorization, and how the registry is reached.
struct AuthorizationOptions: ParsableArguments {
    @Option(help: "The identity provider.")
    var idp: String

    @Option(help: "Where the registry is; else REGISTRY_URL.")
    var registryURL: String?

    @Option(help: "An API key; else REGISTRY_API_KEY, which does not show in lists of processes.")
    var apiKey: String?

    func validate() throws {
        guard IdentityProviderID(idp) != nil else {
            throw ValidationError("--idp is an identity provider's id, a UUID.")
        }
    }

    /// Asks how it stands.
    func show(_ environment: Environment) async throws -> [String] {
        AuthorizationLines.of(try await registry(environment).get("/api/v1/idps/\(idp)/authorization"))
    }

    /// Asks the registry to do something about it, and says how it stands then.
    func post(_ verb: String, _ body: JSON, _ environment: Environment) async throws -> [String] {
        let path = "/api/v1/idps/\(idp)/authorization\(verb)"
        return AuthorizationLines.of(try await registry(environment).post(path, body))
    }

    private func registry(_ environment: Environment) throws -> AdminAPI {
        try AdminAPI("registry", "REGISTRY", environment, url: registryURL, key: apiKey)
    }
}

/// `bridgectl authorization show`
struct ShowAuthorization: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Says how an authorization stands, what keeps it from going on, and what to do."
    )

    @OptionGroup var options: AuthorizationOptions

    func run() async throws { for line in try await lines(.process) { print(line) } }

    /// What there is to say, a line each.
    func lines(_ environment: Environment) async throws -> [String] { try await options.show(environment) }
}

/// `bridgectl authorization request`
struct RequestAuthorization: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Asks WeCom for the page on which an administrator of the enterprise can authorize."
    )

    @OptionGroup var options: AuthorizationOptions

    func run() async throws { for line in try await lines(.process) { print(line) } }

    /// Does it, and says how the authorization stands then.
    func lines(_ environment: Environment) async throws -> [String] {
        try await options.post("", .object([:]), environment)
    }
}

/// What an administrator decides about a grant.
protocol GrantCommand: AsyncParsableCommand {
    var options: AuthorizationOptions { get }
    var grant: String { get }
}

extension GrantCommand {
    func run() async throws { for line in try await lines(.process) { print(line) } }

    /// Does it, and says how the authorization stands then.
    func lines(_ environment: Environment) async throws -> [String] {
        let verb = Self.configuration.commandName ?? ""
        return try await options.post("/\(verb)", .object(["grantID": .string(grant)]), environment)
    }
}

/// `bridgectl authorization confirm`
struct ConfirmGrant: GrantCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Says that the enterprise that waits to be confirmed is the one that is meant."
    )

    @OptionGroup var options: AuthorizationOptions

    @Option(help: "The grant, as 'show' names it.")
    var grant: String
}

/// `bridgectl authorization decline`
struct DeclineGrant: GrantCommand {
    static let configuration = CommandConfiguration(
        commandName: "decline",
        abstract: "Says that the enterprise that waits to be confirmed is not the one that is meant."
    )

    @OptionGroup var options: AuthorizationOptions

    @Option(help: "The grant, as 'show' names it.")
    var grant: String
}

/// `bridgectl authorization end`
struct EndGrant: GrantCommand {
    static let configuration = CommandConfiguration(
        commandName: "end",
        abstract: "Ends a grant that is not complete."
    )

    @OptionGroup var options: AuthorizationOptions

    @Option(help: "The grant, as 'show' names it.")
    var grant: String
}
