import ArgumentParser
import Runtime

/// `bridgectl runs …`
struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Starts, follows and cancels runs, and decides about what they held.",
        subcommands: [
            ListRuns.self, ShowRun.self, StartRun.self, FollowRun.self, CancelRun.self, ApproveHeld.self,
            RejectHeld.self, UndoRun.self, ApplyPlan.self,
        ]
    )
}

/// `bridgectl runs list --idp ID`
struct ListRuns: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "An identity provider's runs, newest first."
    )

    @Option(help: "The identity provider.") var idp: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.all("/api/v1/idps/\(idp)/runs") }
}

/// `bridgectl runs show ID`
struct ShowRun: RegistryVerb {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One run, with its figures.")

    @Argument(help: "The run's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? { try await api.get("/api/v1/runs/\(id)") }
}

/// `bridgectl runs start --idp ID`
struct StartRun: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts a run: of what the settings say, of departments alone, or of one person or department."
    )

    @Option(help: "The identity provider.") var idp: String
    @Option(help: "full, departments or repair (compares value by value); else what the settings say.") var kind:
        String?
    @Option(help: "One person's user id in WeCom.") var user: String?
    @Option(help: "One department's number in WeCom.") var department: Int64?
    @Flag(help: "With what is below that department.") var includesBelow = false
    @Flag(help: "Nothing is written to the directory.") var dryRun = false
    @OptionGroup var registry: RegistryOptions

    func validate() throws {
        guard [kind, user, department.map(String.init)].compactMap(\.self).count < 2 else {
            throw ValidationError("Give one of --kind, --user and --department, or none.")
        }
        guard !includesBelow || department != nil else {
            throw ValidationError("--includes-below goes with --department.")
        }
    }

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var body: [String: JSON] = [:]
        if let kind { body["kind"] = .string(kind) }
        if let user { body = ["kind": .string("user"), "user": .string(user)] }
        if let department {
            body = [
                "kind": .string("department"), "department": .integer(department),
                "includesBelow": .boolean(includesBelow),
            ]
        }
        if dryRun { body["dryRun"] = .boolean(true) }
        return try await api.post("/api/v1/idps/\(idp)/runs", .object(body))
    }
}

/// `bridgectl runs cancel ID`
struct CancelRun: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Ends a run; what it has brought up to date stays."
    )

    @Argument(help: "The run's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.post("/api/v1/runs/\(id)/cancel", .object([:]))
    }
}

/// Which objects a decision is about.
struct HeldObjects: ParsableArguments {
    @Option(help: "A person's user id, any number of times; else all of them.") var user: [String] = []
    @Option(help: "A department's number, any number of times.") var department: [Int64] = []
    @Flag(help: "Only planned: nothing is written to the directory.") var dryRun = false

    /// The body's members.
    var fields: [String: JSON] {
        let objects = user.map { Self.object("user", $0) } + department.map { Self.object("department", String($0)) }
        var fields: [String: JSON] = objects.isEmpty ? [:] : ["objects": .array(objects)]
        if dryRun { fields["dryRun"] = .boolean(true) }
        return fields
    }

    private static func object(_ kind: String, _ id: String) -> JSON {
        .object(["kind": .string(kind), "externalID": .string(id)])
    }
}

/// `bridgectl runs approve ID`
struct ApproveHeld: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Carries out what was held up to that run, all of it or what is named, if WeCom still says so."
    )

    @Argument(help: "The run's id.") var id: String
    @OptionGroup var held: HeldObjects
    @Option(help: "Who they are whose user id another human may have: samePerson or anotherPerson.") var reused: String?
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        var body = held.fields
        body["reused"] = reused.map { .string($0) }
        return try await api.post("/api/v1/runs/\(id)/approve", .object(body))
    }
}

/// `bridgectl runs reject ID`
struct RejectHeld: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Leaves as it is what was held up to that run, all of it or what is named."
    )

    @Argument(help: "The run's id.") var id: String
    @OptionGroup var held: HeldObjects
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.post("/api/v1/runs/\(id)/reject", .object(held.fields))
    }
}

/// `bridgectl runs undo ID`
struct UndoRun: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Takes back what a run did, all of it or what is named, but for what later runs changed too."
    )

    @Argument(help: "The run's id.") var id: String
    @OptionGroup var held: HeldObjects
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.post("/api/v1/runs/\(id)/undo", .object(held.fields))
    }
}

/// `bridgectl runs apply ID`
struct ApplyPlan: RegistryVerb {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Does what a dry run planned, exactly that or nothing."
    )

    @Argument(help: "The dry run's id.") var id: String
    @OptionGroup var registry: RegistryOptions

    func answer(_ api: AdminAPI) async throws -> JSON? {
        try await api.post("/api/v1/runs/\(id)/apply", .object([:]))
    }
}
