/// Hours of each day in which the schedule starts no run, by the wall clock of a time zone.
///
/// Where `to` is not later than `from`, the quiet hours go on past midnight.
public struct QuietHours: Codable, Equatable, Sendable {
    /// The hour in which they begin, 0–23.
    public var from: Int
    /// The hour in which they are over, 0–23.
    public var to: Int
    /// Whose wall clock: a name of the time zone database, such as `Asia/Shanghai`.
    public var timeZone: String

    /// All of it at once.
    public init(from: Int, to: Int, timeZone: String) {
        self.from = from
        self.to = to
        self.timeZone = timeZone
    }

    /// Whether an hour of the wall clock is one of them.
    public func covers(hour: Int) -> Bool {
        from < to ? (from..<to).contains(hour) : hour >= from || hour < to
    }
}
