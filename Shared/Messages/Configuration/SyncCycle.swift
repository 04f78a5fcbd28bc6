/// How often an identity provider is synchronised by itself: every 1–24 whole hours.
public struct SyncCycle: RawRepresentable, Hashable, Codable, Sendable {
    /// The hours that a cycle may have.
    public static let allowed = 1...24
    /// What holds where nothing is chosen.
    public static let daily = SyncCycle(hours: 24)

    /// Hours from one run to the next.
    public let rawValue: Int

    /// - Parameter rawValue: Hours; `nil` comes back for any outside 1–24.
    public init?(rawValue: Int) {
        guard Self.allowed.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private init(hours: Int) { rawValue = hours }

    /// The time from one run to the next.
    public var duration: Duration { .seconds(rawValue * 3_600) }
}
