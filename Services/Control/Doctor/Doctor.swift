import ArgumentParser
import Pipeline
import Runtime

/// `bridgectl doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at what the services need, and says how to mend what is wrong.",
        discussion: """
            Brokers, topics and groups; with DATABASE_URL, as a service's own role, the database, what the role sees and \
            the clock; with SEALING_KEYS whether they are such; with REGISTRY_URL, DIRECTORY_URL and VERIFIER_URL whether \
            these services answer, their versions and clocks, and with REGISTRY_API_KEY whether that key is good; and \
            whether WeCom is reached from here. Ends with 1 where a check fails; a warning is no failure.
            """
    )

    @OptionGroup var topics: TopicOptions

    @Flag(help: "As JSON, for programs.") var json = false

    func run() async throws {
        let findings = await examine(.process)
        print(json ? try Self.json(findings) : Self.text(findings))
        guard Self.isWell(findings) else { throw ExitCode.failure }
    }

    /// All findings, in the order in which things rest on each other.
    func examine(_ environment: Environment) async -> [CheckResult] {
        async let database = Self.database(environment)
        async let services = ServiceExamination(environment: environment).findings()
        async let wecom = WeComExamination(environment: environment).findings()
        let brokers = await brokers(environment)
        return await brokers + database + [Self.keys(environment)] + services + wecom
    }

    private func brokers(_ environment: Environment) async -> [CheckResult] {
        do {
            let namespace = try environment.topicNamespace()
            return try await topics.withTopics(environment) { admin, topics in
                try await BrokerExamination(topics: topics, namespace: namespace).findings(by: admin)
            }
        } catch {
            return [BrokerExamination.unreached(error)]
        }
    }

    static func keys(_ environment: Environment) -> CheckResult {
        guard environment.optionalSecret("SEALING_KEYS") != nil else {
            return CheckResult("keys", .skipped, "SEALING_KEYS is not set here")
        }
        do {
            _ = try environment.sealingKeys()
            return CheckResult("keys", .passed, "SEALING_KEYS are of their form; what they seal was not looked at")
        } catch {
            return CheckResult("keys", .failed, "\(error)")
        }
    }

    static func isWell(_ findings: [CheckResult]) -> Bool { !findings.contains { $0.outcome == .failed } }

    static func text(_ findings: [CheckResult]) -> String { findings.map(\.text).joined(separator: "\n") }

    static func json(_ findings: [CheckResult]) throws -> String { try JSON.array(findings.map(\.json)).text }
}
