import FoundationEssentials
import Web

/// What is to be told again, as its page asks for it.
struct ReplayForm: Sendable {
    /// What is kept of the form from a dry run to the start.
    static let fields = ["tenant", "idp", "topic", "run", "user", "department", "from", "to", "rate", "why"]
    static let topics = ["wecom.records.v1", "directory.records.v1"]

    let tenants: [Choice]
    /// The chosen tenant; nil before that.
    let tenant: String?
    let providers: [Choice]
    let topics: [Choice]
    let run: String
    let user: String
    let department: String
    let from: String
    let to: String
    let rate: String
    let why: String
    /// The dry runs that were made of the same.
    let tried: [Tried]
    let hasTried: Bool

    struct Tried: Sendable {
        let row: RunRow
        let plan: String?
    }

    init(_ tenants: [Tenant], _ providers: [IdentityProvider], _ tried: [Run], _ visit: Visit) {
        func value(_ name: String) -> String { visit.typed(name) ?? "" }
        tenant = tenants.first { $0.id == value("tenant").lowercased() }?.id
        let chosen = tenant
        self.tenants = tenants.map { Choice(value: $0.id, label: $0.name, isChosen: $0.id == chosen) }
        self.providers = providers.map { Choice(value: $0.id, label: $0.name, isChosen: $0.id == value("idp")) }
        topics = Self.topics.map { topic in
            let words = topic == "wecom.records.v1" ? "operations.topicWeCom" : "operations.topicDirectory"
            return Choice(value: topic, label: visit.texts[words], isChosen: topic == value("topic"))
        }
        run = value("run")
        user = value("user")
        department = value("department")
        from = value("from")
        to = value("to")
        rate = visit.typed("rate") ?? "50"
        why = value("why")
        self.tried = tried.map { run in
            Tried(row: RunRow(run, visit), plan: run.hasPlan ? "/runs/\(run.id)/plan" : nil)
        }
        hasTried = !tried.isEmpty
    }

    /// The ids of the dry runs that were made of the same, as the page's address says them.
    static func tried(_ visit: Visit) -> [String] {
        (visit.query["tried"] ?? "").split(separator: ",").prefix(20).compactMap { text in
            UUID(uuidString: String(text)).map { $0.uuidString.lowercased() }
        }
    }
}

extension Visit {
    /// What was typed into a field, or what the page's address says of it; nil where that is nothing.
    func typed(_ name: String) -> String? {
        guard let text = form[name] ?? query[name], !text.isEmpty else { return nil }
        return text
    }
}
