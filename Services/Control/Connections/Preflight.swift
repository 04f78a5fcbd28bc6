import ArgumentParser
import Messages
import Runtime

/// `bridgectl preflight`
struct Preflight: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight",
        abstract: "Looks at an identity provider's set-up, and says what to do about what is wrong.",
        discussion: "Ends with an error when a check fails."
    )

    @Option(help: "Which identity provider.")
    var idp: String

    @OptionGroup var registry: RegistryOptions

    func validate() throws { _ = try IdentityProviderID(option: idp) }

    func run() async throws {
        let (text, hasPassed) = try await outcome(.process)
        print(text)
        if !hasPassed { throw ExitCode.failure }
    }

    /// The checks as text, and whether none failed.
    func outcome(_ environment: Environment) async throws -> (text: String, hasPassed: Bool) {
        let api = try registry.api(environment)
        let path = "/api/v1/idps/\(try IdentityProviderID(option: idp))/preflight"
        guard case .object(let report) = try await api.post(path, .object([:])),
            case .array(let checks)? = report["checks"]
        else { throw AdminAPIError("\(api.service) at \(api.url)\(path) did not answer with checks.") }
        let lines = checks.flatMap(Self.lines)
        let hasFailed = checks.contains { Self.text("outcome", of: $0) == "failed" }
        return (lines.joined(separator: "\n"), !hasFailed)
    }

    private static func lines(_ check: JSON) -> [String] {
        let outcome = text("outcome", of: check) ?? "unknown"
        var lines = ["\(outcome): \(text("name", of: check) ?? ""): \(text("finding", of: check) ?? "")"]
        if let fix = text("fix", of: check) { lines.append("    \(text("whoActs", of: check) ?? "operator"): \(fix)") }
        return lines
    }

    private static func text(_ name: String, of check: JSON) -> String? {
        guard case .object(let members) = check, case .string(let text)? = members[name] else { return nil }
        return text
    }
}
