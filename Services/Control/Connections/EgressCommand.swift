import ArgumentParser
import Messages
import Runtime
import Sealing

/// `bridgectl egress`
struct EgressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "egress",
        abstract: "Shows or changes the proxy that an identity provider's calls to WeCom leave by.",
        discussion: """
            Without --host or --none it only shows. The proxy's password is read from EGRESS_PASSWORD, which does not \
            show in lists of processes.
            """
    )

    @Option(help: "Which identity provider.")
    var idp: String

    @Option(help: "The proxy's name or IP address.")
    var host: String?

    @Option(help: "The proxy's port.")
    var port: Int?

    @Option(help: "The proxy's user; without one, credentials stay while host and port do.")
    var user: String?

    @Flag(help: "Takes the proxy back: calls leave by the product's own address.")
    var none = false

    @OptionGroup var registry: RegistryOptions

    func validate() throws {
        _ = try IdentityProviderID(option: idp)
        if (host == nil) != (port == nil) { throw ValidationError("--host and --port belong together.") }
        if user != nil, host == nil { throw ValidationError("--user needs --host and --port.") }
        if none, host != nil { throw ValidationError("Give --none or --host, not both.") }
    }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says how it is now.
    func outcome(_ environment: Environment) async throws -> String {
        let api = try registry.api(environment)
        let path = "/api/v1/idps/\(try IdentityProviderID(option: idp))"
        let answer =
            if let change = try change(environment) {
                try await api.change(path, .object(["egress": change]))
            } else {
                try await api.get(path)
            }
        guard case .object(let provider) = answer else { return "" }
        guard case .object(let egress)? = provider["egress"], case .string(let host)? = egress["host"],
            case .integer(let port)? = egress["port"]
        else { return "calls leave by the product's own address" }
        let way = egress["hasCredentials"] == .boolean(true) ? "with a user and a password" : "without credentials"
        return "calls leave by the proxy \(host):\(port), \(way)"
    }

    private func change(_ environment: Environment) throws -> JSON? {
        if none { return .null }
        guard let host, let port else { return nil }
        var egress: [String: JSON] = ["host": .string(host), "port": .integer(Int64(port))]
        if let user {
            let password = try environment.settings { try $0.secret("EGRESS_PASSWORD", form: "the proxy's password") }
            egress["credentials"] = .object(["user": .string(user), "password": .string(password.withValue(\.self))])
        }
        return .object(egress)
    }
}

/// Where the registry is, and with which key it is asked.
struct RegistryOptions: ParsableArguments {
    @Option(help: "Where the registry is; else REGISTRY_URL.")
    var registryURL: String?

    @Option(help: "An API key; else REGISTRY_API_KEY, which does not show in lists of processes.")
    var apiKey: String?

    func api(_ environment: Environment) throws -> AdminAPI {
        try AdminAPI("registry", "REGISTRY", environment, url: registryURL, key: apiKey)
    }
}

extension IdentityProviderID {
    /// - Throws: `ValidationError` when the option names none.
    init(option: String) throws {
        guard let id = IdentityProviderID(option) else {
            throw ValidationError("--idp is an identity provider's id, a UUID.")
        }
        self = id
    }
}
