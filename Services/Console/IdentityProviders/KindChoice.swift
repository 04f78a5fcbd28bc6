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
}
