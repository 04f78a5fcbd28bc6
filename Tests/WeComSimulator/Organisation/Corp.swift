import Synchronization

/// One enterprise in WeCom: its organisation, its applications and who administers it.
final class Corp: Sendable {
    /// Everything about a corp that changes.
    struct State: Sendable {
        var organisation: Organisation
        var agents: [Int: Agent]
        var views: [ViewKey: View] = [:]
        /// Permanent codes of authorizations that were cancelled.
        var cancelledCodes: Set<String> = []
        var nextAgentID: Int
    }

    let id: String
    let name: String
    let administrator: Account
    let contactSyncSecret: String
    private let state: Mutex<State>

    init(id: String, name: String, blueprint: Blueprint, ownAgents: Int) {
        self.id = id
        self.name = name
        administrator = Account(name: "admin-\(id)", password: "pass-admin-\(id)")
        contactSyncSecret = Identifier.secret()
        let ids = Agent.firstID..<(Agent.firstID + ownAgents)
        let agents = ids.map {
            Agent(id: $0, name: "自建应用 \($0)", kind: .ownCorp, secret: Identifier.secret())
        }
        state = Mutex(
            State(
                organisation: Organisation(blueprint, named: name),
                agents: Dictionary(uniqueKeysWithValues: agents.map { ($0.id, $0) }),
                nextAgentID: Agent.firstID + ownAgents
            )
        )
    }

    func withState<Result: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { (state) throws(Failure) in try body(&state) }
    }

    /// The organisation at this moment.
    var organisation: Organisation { withState { $0.organisation } }

    func agent(_ id: Int) -> Agent? { withState { $0.agents[id] } }

    func agent(secret: String) -> Agent? { withState { $0.agents.values.first { $0.secret == secret } } }

    func agent(templateID: String) -> Agent? { withState { $0.agents.values.first { $0.templateID == templateID } } }

    /// The employee's ID who may manage applications: the first of the corp.
    var administratorID: String? {
        let organisation = organisation
        return organisation.numbers.lazy.compactMap { organisation.user(numbered: $0)?.id }.first
    }
}

/// A name and the password that goes with it.
struct Account: Sendable, Equatable {
    let name: String
    let password: String

    /// An employee's own; the password follows from the user's ID.
    init(ofUser id: String) { self.init(name: id, password: "pass-\(id)") }

    init(name: String, password: String) {
        self.name = name
        self.password = password
    }
}

extension Corp.State {
    /// Works on the view that belongs to the key, made first where nobody has asked yet.
    mutating func withView<Result>(_ key: ViewKey, _ body: (inout View, Organisation) -> Result) -> Result {
        var view = views.removeValue(forKey: key) ?? View(key, of: organisation)
        defer { views[key] = view }
        return body(&view, organisation)
    }

    /// What the applications see of the people of those departments has changed.
    mutating func forgetPeople(of departments: [Int]) {
        for key in Array(views.keys) { views[key]?.forgetPeople(of: departments) }
    }

    /// The tree or someone's leadership has changed: every list may be another.
    mutating func forgetEverything() { views = [:] }
}
