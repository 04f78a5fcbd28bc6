/// What an API key may do; each role includes the ones before it.
enum Role: String, Codable, CaseIterable, Comparable, Sendable {
    case viewer, `operator`, admin, owner

    static func < (one: Role, other: Role) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
