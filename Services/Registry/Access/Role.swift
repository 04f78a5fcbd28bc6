/// What an API key may do; each role includes the ones before it.
enum Role: String, Codable, CaseIterable, Comparable, Sendable {
    /// Reads.
    case viewer
    /// Also starts and cancels runs.
    case `operator`
    /// Also changes identity providers.
    case admin
    /// Also makes tenants and API keys.
    case owner

    static func < (one: Role, other: Role) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
