import Hummingbird

/// Changes what an administrator may set about an application.
struct AgentControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.put("corps/:corp/visible-range") { try await setRange($0, $1) }
        group.put("corps/:corp/apps/:agent") { try await change($0, $1) }
        group.get("corps/:corp/apps/:agent") { request, context in
            let corp = try simulator.corp(context)
            return Response.json(Self.describe(try agent(try context.parameters.require("agent", as: Int.self), corp)))
        }
    }

    private func setRange(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let fields = try await request.json()
        let current = try agent(fields["agentID"]?.integer, corp)
        let range = VisibleRange(
            departments: try Self.list(fields, "departments", \.integers),
            users: try Self.list(fields, "users", \.texts),
            tags: try Self.list(fields, "tags", \.integers)
        )
        corp.withState { state in
            let organisation = state.organisation
            var known = range
            known.departments.removeAll { organisation.departments[$0] == nil }
            known.users = known.users.compactMap { organisation.user($0)?.id }
            known.tags.removeAll { organisation.tags[$0] == nil }
            state.agents[current.id]?.range = known
        }
        let changed = try agent(current.id, corp)
        await simulator.tell(moves(from: current, to: changed, in: corp.organisation), of: corp)
        return .json(Self.describe(changed))
    }

    /// Who enters and who leaves the range of a provider's application.
    private func moves(from old: Agent, to new: Agent, in organisation: Organisation) -> [ContactEvent] {
        guard new.templateID != nil, simulator.events.settings.envelope == .data else { return [] }
        let (before, after) = (old.range.resolve(in: organisation), new.range.resolve(in: organisation))
        return organisation.numbers.lazy.compactMap { organisation.user(numbered: $0) }.compactMap { user in
            let (was, isNow) = (before.includes(user), after.includes(user))
            return was == isNow ? nil : .range(user.id, entered: isNow, agentID: new.id)
        }
    }

    private static func list<Element>(
        _ fields: JSON,
        _ name: String,
        _ read: (JSON) -> [Element]?
    ) throws -> [Element] {
        guard let field = fields[name] else { return [] }
        guard let list = read(field) else { throw refusal(.badRequest, "the field \(name) is not such a list") }
        return list
    }

    /// `redirectDomain`, `closed`, `permissions`, `publishStatus`, `parentOfRoots`, `secret`, `trustedAddresses`: each
    /// where it is given.
    private func change(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let fields = try await request.json()
        var agent = try agent(try context.parameters.require("agent", as: Int.self), corp)
        if let domain = fields["redirectDomain"]?.text { agent.redirectDomain = domain }
        if let isClosed = fields["closed"]?.bool { agent.isClosed = isClosed }
        if let status = fields["publishStatus"]?.integer { agent.publishStatus = status }
        if let secret = fields["secret"]?.text { agent.secret = secret }
        if let addresses = fields["trustedAddresses"]?.texts { agent.trustedAddresses = addresses }
        if let name = fields["parentOfRoots"]?.text {
            guard let parent = DepartmentRendering.ParentOfRoots(rawValue: name) else {
                throw refusal(.badRequest, "parentOfRoots is real or zero")
            }
            agent.parentOfRoots = parent
        }
        if let permissions = fields["permissions"]?.texts {
            guard let granted = FieldSet(permissions: permissions) else {
                throw refusal(.badRequest, "permissions are of \(FieldSet.all.permissions.joined(separator: ", "))")
            }
            agent.fields = granted
        }
        let changed = agent
        corp.withState { $0.agents[changed.id] = changed }
        return .json(Self.describe(changed))
    }

    /// The application of that ID or, without one, the first.
    private func agent(_ id: Int?, _ corp: Corp) throws -> Agent {
        let agent = id.map { corp.agent($0) } ?? corp.firstAgent
        guard let agent else { throw refusal(.notFound, "no app \(id ?? 0) in corp \(corp.id)") }
        return agent
    }

    static func describe(_ agent: Agent) -> JSON {
        [
            "agentID": .integer(agent.id),
            "name": .string(agent.name),
            "secret": .string(agent.secret),
            "templateID": agent.templateID.map { .string($0) } ?? .null,
            "closed": .bool(agent.isClosed),
            "redirectDomain": .string(agent.redirectDomain),
            "publishStatus": .integer(agent.publishStatus),
            "permissions": JSON(agent.fields.permissions),
            "parentOfRoots": .string(agent.parentOfRoots.rawValue),
            "visibleRange": [
                "departments": JSON(agent.range.departments), "users": JSON(agent.range.users),
                "tags": JSON(agent.range.tags),
            ],
        ]
    }
}

extension Corp {
    /// The application with the least ID.
    var firstAgent: Agent? { withState { state in state.agents.keys.min().flatMap { state.agents[$0] } } }
}
