import Messages

/// What is set aside can be counted by it.
public enum SetAsideAspect: String, CaseIterable, Sendable {
    case reason, place, type, tenant, idp, day

    /// What one of them is called by it.
    public func name(of item: SetAside) -> String {
        switch self {
        case .reason: item.code
        case .place: item.place
        case .type: item.type ?? "-"
        case .tenant: item.tenant ?? "-"
        case .idp: item.identityProvider ?? "-"
        case .day: String(item.since.description.prefix(10))
        }
    }
}

/// How many are set aside that are called alike.
public struct SetAsideCount: Sendable, Equatable {
    /// What they are called.
    public let name: String
    /// How many they are.
    public let count: Int
    /// What mends them, where they are counted by reasons.
    public let advice: String?

    /// Counts them, most first.
    public static func all(of items: [SetAside], by aspect: SetAsideAspect) -> [SetAsideCount] {
        let groups = Dictionary(grouping: items, by: aspect.name(of:))
        let counts = groups.map { name, items in
            SetAsideCount(name: name, count: items.count, advice: aspect == .reason ? items.first?.advice : nil)
        }
        return counts.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }
}
