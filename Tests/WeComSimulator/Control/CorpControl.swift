import Hummingbird

/// Makes corps, lists and removes them.
struct CorpControl: Sendable {
    private static let mostUsers = 1_000_000
    private static let mostDepartments = 30_000

    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.post("corps") { request, _ in try await create(request) }
        group.get("corps") { _, _ in Response.json(["corps": .array(simulator.corps.all.map(Self.describe))]) }
        group.get("corps/:corp") { _, context in Response.json(Self.describe(try simulator.corp(context))) }
        group.delete("corps/:corp") { _, context in
            let id = try simulator.corp(context).id
            simulator.corps.remove(id)
            simulator.tokens.expire { $0.corpID == id }
            return Response.json([:])
        }
        group.post("corps/:corp/expire-tokens") { _, context in
            let id = try simulator.corp(context).id
            simulator.tokens.expire { $0.corpID == id }
            return Response.json([:])
        }
    }

    private func create(_ request: Request) async throws -> Response {
        let fields = try await request.json()
        let users = try fields.count("users", default: 100)
        let departments = try fields.count("departments", default: 10)
        guard users <= Self.mostUsers, (1...Self.mostDepartments).contains(departments) else {
            throw refusal(.badRequest, "at most \(Self.mostUsers) users, and 1 to \(Self.mostDepartments) departments")
        }
        let id = fields["corpID"]?.text ?? Identifier.corpID()
        guard simulator.corps.corp(id) == nil else { throw refusal(.conflict, "corp \(id) is already there") }
        let seed = UInt64(bitPattern: Int64(fields["seed"]?.integer ?? 1))
        let corp = Corp(
            id: id,
            name: fields["name"]?.text ?? "示例企业 \(id.suffix(4))",
            blueprint: Blueprint(seed: seed, userCount: users, departmentCount: departments),
            ownAgents: try fields.count("ownApps", default: 1)
        )
        simulator.corps.insert(corp)
        return .json(Self.describe(corp), status: .created)
    }

    /// `agentID` and `secret` are those of the first own app.
    private static func describe(_ corp: Corp) -> JSON {
        let (agents, users, departments) = corp.withState { state in
            (
                state.agents.values.sorted { $0.id < $1.id }, state.organisation.userCount,
                state.organisation.departments.count
            )
        }
        let own = agents.first { $0.kind == .ownCorp }
        return [
            "corpID": .string(corp.id),
            "name": .string(corp.name),
            "agentID": own.map { .integer($0.id) } ?? .null,
            "secret": own.map { .string($0.secret) } ?? .null,
            "contactSyncSecret": .string(corp.contactSyncSecret),
            "administrator": [
                "account": .string(corp.administrator.name), "password": .string(corp.administrator.password),
            ],
            "users": .integer(users),
            "departments": .integer(departments),
            "apps": .array(agents.map(AgentControl.describe)),
        ]
    }
}
