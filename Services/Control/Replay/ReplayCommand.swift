import ArgumentParser
import Kafka
import Logging
import Messages
import Pipeline
import Replay
import Runtime

/// `bridgectl replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Tells what the topics still have once more, as a new run of its own: never an older state.",
        discussion: """
            Of each person and department the last word is told, and of those who are gone since none. From \
            wecom.records.v1 it is mapped anew, by the rules that hold now; from directory.records.v1 it is told as it was \
            mapped. It removes nobody and asks WeCom for nothing. The registry gives the run its number and lets no other \
            of the identity provider be active beside it; later runs win. What retention has lost is refused.

            Examples:
              bridgectl replay --idp ID --dry-run
              bridgectl replay --idp ID --user zhangsan --why "the row was damaged"
              bridgectl replay --tenant ID --topic directory.records.v1 --rate 20 --why "the writer was mended"
              bridgectl replay --idp ID --run RUN --why "the mapper was mended"
              bridgectl replay --resume RUN --idp ID --why "the program was killed"
            """
    )

    @Option(help: "The identity provider.") var idp: String?
    @Option(help: "All identity providers of a tenant, one after another.") var tenant: String?
    @Option(help: "wecom.records.v1 or directory.records.v1.") var topic = TopicCatalogue.wecomRecords.name
    @Option(help: "Only whom this run told of.") var run: String?
    @Option(help: "Only this person, by the user id in WeCom.") var user: String?
    @Option(help: "Only this department, by its number in WeCom.") var department: Int64?
    @Option(help: "Only whom was told of from then on, such as 2026-01-31T08:00:00Z.") var from: String?
    @Option(help: "Only whom was told of before.") var to: String?
    @Option(help: "Messages a second at most.") var rate = 50
    @Option(help: "Why, for the audit.") var why: String?
    @Option(help: "Go on with this run that was begun and not ended.") var resume: String?
    @Flag(help: "Nothing is written: runs show of a dry run what it would change.") var dryRun = false
    @Flag(help: "As JSON, for programs.") var json = false
    @OptionGroup var registry: RegistryOptions

    func validate() throws {
        guard (idp == nil) != (tenant == nil) else { throw ValidationError("Give --idp or --tenant.") }
        guard log != nil else {
            throw ValidationError("--topic is wecom.records.v1 or directory.records.v1, and not \"\(topic)\".")
        }
        guard dryRun || why?.isEmpty == false else { throw ValidationError("Say --why: the audit keeps it.") }
        guard (1...10_000).contains(rate) else { throw ValidationError("--rate is 1 to 10000.") }
        guard [user, department.map(String.init)].compactMap(\.self).count < 2 else {
            throw ValidationError("Give one of --user and --department, or none.")
        }
        for (name, id) in [("--run", run), ("--resume", resume)] {
            guard let id, RunID(id) == nil else { continue }
            throw ValidationError("\(name) is a run's id, a UUID.")
        }
        for (name, time) in [("--from", from), ("--to", to)] {
            guard let time, Timestamp(time) == nil else { continue }
            throw ValidationError("\(name) is a time such as 2026-01-31T08:00:00Z, and not \"\(time)\".")
        }
        guard resume == nil || idp != nil else { throw ValidationError("--resume goes with the --idp of the run.") }
    }

    private static let logger = Logger(label: "bridgectl")

    private var log: Topic? {
        ReplayLog.topics.first { $0.name == topic }
    }

    func run() async throws { print(try await outcome(.process)) }

    /// Does it, and says what came of it.
    func outcome(_ environment: Environment) async throws -> String {
        guard let topic = log else { throw ValidationError("--topic is no such topic.") }
        let (settings, namespace) = (try environment.kafkaSettings(), try environment.topicNamespace())
        let log = ReplayLog(topic: topic, settings: settings, namespace: namespace, logger: Self.logger)
        let registry = try registry.api(environment)
        let configurations = ConfigurationReading(
            topic: namespace.name(of: TopicCatalogue.configuration),
            settings: settings,
            logger: Self.logger
        )
        var reports: [JSON] = []
        for configuration in try meant(of: try await configurations.latest()) {
            reports.append(try await replay(configuration, from: log, registry, configurations))
        }
        if json { return try JSON.array(reports).text }
        return try reports.map { try $0.printed }.joined(separator: "\n")
    }

    /// Those that are meant, as they are configured now.
    private func meant(of all: [IdentityProviderConfiguration]) throws -> [IdentityProviderConfiguration] {
        let meant = all.filter {
            idp?.lowercased() == $0.id.description || tenant?.lowercased() == $0.tenant.description
        }
        guard !meant.isEmpty else { throw ReplayRefusal("There is no such identity provider that is not deleted.") }
        return meant
    }

    private func replay(
        _ configuration: IdentityProviderConfiguration,
        from log: ReplayLog,
        _ registry: AdminAPI,
        _ configurations: ConfigurationReading
    ) async throws -> JSON {
        let choosing = choosing
        let choice = choosing(configuration.terms)
        // What cannot be told is refused before anything is begun.
        try await log.require(choice, of: configuration)
        let act = try await OperatorAct.begin(
            "replay.started",
            because: why ?? "a dry run",
            [
                "idp": .string(configuration.id.description), "topic": .string(log.topic.name),
                "choice": .string(choice.description), "dryRun": .boolean(dryRun),
            ],
            in: registry
        )
        let run = try await begin(of: configuration, registry, configurations)
        try await ReplayWork(run: run, log: log, pace: Pace(perSecond: rate), choice: choosing).tell()
        let end = try await registry.get("/api/v1/runs/\(run.id)")
        guard case .object(var fields) = end else { return end }
        fields["operation"] = .string(act.id)
        return .object(fields)
    }

    private func begin(
        of configuration: IdentityProviderConfiguration,
        _ registry: AdminAPI,
        _ configurations: ConfigurationReading
    ) async throws -> ReplayRun {
        guard let resume else {
            return try await .start(of: configuration, isDryRun: dryRun, in: registry, configurations)
        }
        return try ReplayRun(
            try await registry.get("/api/v1/runs/\(resume.lowercased())"),
            of: configuration,
            in: registry,
            configurations
        )
    }

    /// What is told, by the terms under which it is.
    private var choosing: @Sendable (RunTerms) -> ReplayChoice {
        let (user, department) = (user, department)
        let (run, from, to) = (run.flatMap { RunID($0) }, from.flatMap(Timestamp.init), to.flatMap(Timestamp.init))
        return { terms in
            ReplayChoice(
                run: run,
                user: user.map { terms.userIDCase.key(of: $0).digest },
                department: department,
                from: from,
                to: to
            )
        }
    }
}
