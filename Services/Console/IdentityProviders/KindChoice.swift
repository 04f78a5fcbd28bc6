/// Kinds of notifications to tick.
struct KindChoice: Sendable {
    let kind: String
    let label: String
    let isChosen: Bool

    static func all(chosen: [String], _ texts: Texts) -> [KindChoice] {
        NotificationKind.allCases.map { kind in
            KindChoice(
                kind: kind.rawValue,
                label: texts["notice.\(kind.rawValue)"],
                isChosen: chosen.isEmpty || chosen.contains(kind.rawValue)
            )
        }
    }

    /// Those that are ticked, a line each.
    static func names(_ kinds: [KindChoice]) -> String {
        kinds.filter(\.isChosen).map(\.label).joined(separator: "\n")
    }
}
