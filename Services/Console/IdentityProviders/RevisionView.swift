import Runtime

/// What going back to a state would change.
struct RevisionView: Sendable {
    struct Change: Sendable {
        let label: String
        let now: String
        let then: String
    }

    let base: String
    let version: String
    let number: Int
    let changes: [Change]
    let closes: Bool
    let mayRestore: Bool

    init(_ provider: IdentityProvider, _ number: Int, _ difference: RevisionDifference, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = "\(provider.revision)"
        self.number = number
        changes = difference.changes.sorted { $0.key < $1.key }.map { name, change in
            let (now, then) = (Self.lines(of: change.from), Self.lines(of: change.to))
            return Change(
                label: visit.texts.find("field.\(name)") ?? name,
                now: Self.text(now, without: then),
                then: Self.text(then, without: now)
            )
        }
        closes = provider.status == .enabled && difference.changes["status"]?.to == .string("closed")
        mayRestore = visit.may(.admin) && number != provider.revision && !difference.changes.isEmpty
    }

    /// A value as people read it; of a list, a line for each of its elements.
    private static func lines(of value: JSON?) -> [String] {
        switch value {
        case nil, .null: []
        case .string(let text): [text]
        case .array(let elements): elements.map(line)
        case .some(let value): value.indented.split(separator: "\n").map(String.init)
        }
    }

    /// An element of a list: a rule of the mapping, mostly.
    private static func line(_ element: JSON) -> String {
        guard case .object(let fields) = element, case .string(let target)? = fields["target"] else {
            return (try? element.text) ?? element.shown
        }
        let parts = ["kind", "source", "value"].compactMap { name -> String? in
            if case .string(let text)? = fields[name] { text } else { nil }
        }
        return "\(target) ← \(parts.joined(separator: " "))"
    }

    /// What is in one state and not in the other; what both have says nothing.
    private static func text(_ lines: [String], without others: [String]) -> String {
        let own = lines.filter { !others.contains($0) }
        return own.isEmpty ? "–" : own.joined(separator: "\n")
    }
}
