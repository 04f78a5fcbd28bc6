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
        version = visit.version(now: provider.revision)
        self.number = number
        let told = SettingText(fields: provider.extendedFields, texts: visit.texts)
        changes = difference.changes.sorted { $0.key < $1.key }.map { name, change in
            let (now, then) = (told.lines(change.from, of: name), told.lines(change.to, of: name))
            return Change(
                label: told.label(name),
                now: Self.text(now, without: then),
                then: Self.text(then, without: now)
            )
        }
        closes = provider.status == .enabled && difference.changes["status"]?.to == .string("closed")
        mayRestore = visit.may(.admin) && number != provider.revision && !difference.changes.isEmpty
    }

    /// What is in one state and not in the other; what both have says nothing.
    private static func text(_ lines: [String], without others: [String]) -> String {
        let own = lines.filter { !others.contains($0) }
        return own.isEmpty ? "–" : own.joined(separator: "\n")
    }
}
