/// Which of the keys of ``JSONKeys`` an object has, by their positions: what tells that none is missing.
public struct JSONMembers: Equatable, Sendable {
    private var bits: UInt64 = 0

    /// - Parameter positions: Those of the keys, below 64.
    public init(_ positions: Int...) {
        for position in positions { insert(position) }
    }

    /// Notes a key; ``JSONKeys/unknown`` changes nothing.
    public mutating func insert(_ position: Int) {
        if position >= 0 { bits |= 1 << UInt64(position) }
    }

    /// Whether all of `others` are there.
    public func contains(_ others: JSONMembers) -> Bool { bits & others.bits == others.bits }
}
