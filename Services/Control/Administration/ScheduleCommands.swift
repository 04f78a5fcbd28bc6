import ArgumentParser
import Messages
import Runtime

/// `bridgectl schedule …`
struct ScheduleCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Shows when an identity provider is synchronised, and ends a quarantine.",
        subcommands: [ShowSchedule.self, ReleaseQuarantine.self]
    )
}

/// `bridgectl schedule show IDP`
struct ShowSchedule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Says when the next run is, and whether the identity provider is in quarantine."
    )

    @Argument(help: "The identity provider's id.")
    var idp: String

    @OptionGroup var registry: RegistryOptions

    func validate() throws { try idp.requireIdentityProvider() }

    func run() async throws { print(try await outcome(.process)) }

    /// What there is to say.
    func outcome(_ environment: Environment) async throws -> String {
        Self.text(of: try await registry.api(environment).get("/api/v1/idps/\(idp)"))
    }

    static func text(of provider: JSON) -> String {
        guard case .object(let fields) = provider else { return provider.shown }
        var lines = ["next run: \(fields["nextRunAt"]?.plain ?? "none")"]
        lines.append("cycle: \(fields["cycleHours"]?.plain ?? "?") h")
        if case .object(let quiet)? = fields["quietHours"] {
            let parts = ["from", "to", "timeZone"].map { quiet[$0]?.plain ?? "?" }
            lines.append("quiet hours: \(parts[0]) to \(parts[1]), \(parts[2])")
        }
        if case .object(let quarantine)? = fields["quarantine"] {
            let parts = ["since", "failures", "reason"].map { quarantine[$0]?.plain ?? "?" }
            lines.append("quarantine: since \(parts[0]), \(parts[1]) failures in a row: \(parts[2])")
        }
        return lines.joined(separator: "\n")
    }
}

/// `bridgectl schedule release IDP`
struct ReleaseQuarantine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Ends an identity provider's quarantine: its usual cycle again, and a run at once."
    )

    @Argument(help: "The identity provider's id.")
    var idp: String

    @OptionGroup var registry: RegistryOptions

    func validate() throws { try idp.requireIdentityProvider() }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says how it stands then.
    func outcome(_ environment: Environment) async throws -> String {
        let path = "/api/v1/idps/\(idp)/quarantine/release"
        return ShowSchedule.text(of: try await registry.api(environment).post(path, .object([:])))
    }
}

extension String {
    fileprivate func requireIdentityProvider() throws {
        guard IdentityProviderID(self) != nil else { throw ValidationError("Give an identity provider's id, a UUID.") }
    }
}

extension JSON {
    /// A text without its quotes, and anything else as it is.
    var plain: String { if case .string(let text) = self { text } else { shown } }
}
