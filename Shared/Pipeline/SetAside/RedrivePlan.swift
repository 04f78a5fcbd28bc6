/// What of a selection is redriven, and what is left alone.
public struct RedrivePlan: Sendable {
    /// How often one is redriven at most, unless it is forced: what comes back again and again is not mended.
    public static let usualMost = 3

    /// Those that are redriven.
    public let meant: [SetAside]
    /// Those that were redriven too often.
    public let stopped: [SetAside]
    /// Those that cannot be redriven.
    public let obstructed: [SetAside]

    /// - Parameters:
    ///   - most: How often one is redriven at most.
    ///   - isForced: Whether also those are meant that were redriven that often.
    public init(_ chosen: [SetAside], most: Int = RedrivePlan.usualMost, isForced: Bool = false) {
        let possible = chosen.filter { $0.obstacle == nil }
        obstructed = chosen.filter { $0.obstacle != nil }
        stopped = isForced ? [] : possible.filter { $0.timesRedriven >= most }
        meant = isForced ? possible : possible.filter { $0.timesRedriven < most }
    }
}
