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
            Change(
                label: visit.texts.find("field.\(name)") ?? name,
                now: Self.text(change.from),
                then: Self.text(change.to)
            )
        }
        closes = provider.status == .enabled && difference.changes["status"]?.to == .string("closed")
        mayRestore = visit.may(.admin) && number != provider.revision && !difference.changes.isEmpty
    }

    /// A value as people read it.
    private static func text(_ value: JSON?) -> String {
        switch value {
        case nil, .null: "–"
        case .string(let text): text
        case .some(let value): value.indented
        }
    }
}
