import FoundationEssentials
import Hummingbird
import Messages
import Postgres
import Runtime

/// Which entries of the audit are asked for: `?object=&actor=&action=&from=&to=`.
struct AuditFilter: Sendable {
    /// Who did it: one key or person, or anybody of a kind.
    enum Doer: Sendable {
        case one(UUID)
        case kind(AuditActor.Kind)
    }

    /// What was done: one action, or all that begin alike.
    enum Deed: Sendable {
        case one(String)
        case prefix(String)
    }

    var object: UUID?
    var actor: Doer?
    var action: Deed?
    /// The first moment.
    var from: Timestamp?
    /// The first moment that is not asked for.
    var to: Timestamp?

    /// Reads the query. Throws 400 with each mistake.
    init(_ request: Request) throws {
        var mistakes: [FieldError] = []
        let query = request.query
        func read<Value>(_ name: String, _ form: String, _ parse: (String) -> Value?) -> Value? {
            guard let text = query[name] else { return nil }
            let value = parse(text)
            if value == nil { mistakes.append(FieldError(name, "Give \(form).")) }
            return value
        }
        object = read("object", "the id of a tenant, identity provider, run or key") { UUID(uuidString: $0) }
        actor = read("actor", "a key's id, or key, bootstrap, person, wecom or system", Self.doer)
        action = read("action", "an action such as idp.changed, or all of a kind such as idp.*", Self.deed)
        let moment = "a time such as 2026-01-31T08:00:00Z"
        from = read("from", moment, Self.moment)
        to = read("to", moment, Self.moment)
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes) }
    }

    /// The database knows no year 0.
    private static func moment(_ text: String) -> Timestamp? {
        guard let time = Timestamp(text), let first = Timestamp("0001-01-01T00:00:00.000Z"), time >= first else {
            return nil
        }
        return time
    }

    private static func doer(_ text: String) -> Doer? {
        UUID(uuidString: text).map(Doer.one) ?? AuditActor.Kind(rawValue: text).map(Doer.kind)
    }

    private static func deed(_ text: String) -> Deed? {
        let name = text.hasSuffix(".*") ? text.dropLast(2) : text[...]
        guard (1...100).contains(name.utf8.count), name.allSatisfy({ $0.isASCII && ($0.isLetter || ".-".contains($0)) })
        else { return nil }
        return text.hasSuffix(".*") ? .prefix(name + ".") : .one(text)
    }

    /// The condition on a row that the caller may know of.
    func condition(for caller: Caller) -> SQL {
        var condition: SQL = "true"
        if let tenant = caller.tenant { condition = condition + " and tenant = \(tenant)" }
        if let object { condition = condition + " and object = \(object)" }
        switch actor {
        case .one(let id): condition = condition + " and actor = \(id)"
        case .kind(let kind): condition = condition + " and actor_kind = \(kind)"
        case nil: break
        }
        switch action {
        case .one(let action): condition = condition + " and action = \(action)"
        case .prefix(let prefix): condition = condition + " and starts_with(action, \(prefix))"
        case nil: break
        }
        if let from { condition = condition + " and at >= \(from)" }
        if let to { condition = condition + " and at < \(to)" }
        return condition
    }
}
