/// How many objects may lose access in one run and over rolling times, which go by when runs were asked for; without a
/// limit where there is none.
public struct LossLimits: Codable, Equatable, Sendable {
    /// In one run.
    public var perRun: LossLimit?
    /// Over 24 hours.
    public var perDay: LossLimit?
    /// Over 7 days.
    public var perWeek: LossLimit?
    /// Over 30 days: a loss that is small each day.
    public var perMonth: LossLimit?

    /// All of it at once.
    public init(
        perRun: LossLimit? = nil,
        perDay: LossLimit? = nil,
        perWeek: LossLimit? = nil,
        perMonth: LossLimit? = nil
    ) {
        self.perRun = perRun
        self.perDay = perDay
        self.perWeek = perWeek
        self.perMonth = perMonth
    }

    /// What holds for people where nothing else is asked for.
    public static let people = LossLimits(
        perRun: LossLimit(count: 5, percent: 10),
        perDay: LossLimit(count: 8, percent: 15),
        perWeek: LossLimit(count: 10, percent: 20),
        perMonth: LossLimit(count: 15, percent: 30)
    )

    /// What holds for departments where nothing else is asked for.
    public static let departments = LossLimits(perRun: LossLimit(count: 3, percent: 20))

    /// No limit at all.
    public static let none = LossLimits()
}

/// The larger of a number and a share.
public struct LossLimit: Codable, Equatable, Sendable {
    /// So many in any case.
    public var count: Int
    /// So many percent of those who had access.
    public var percent: Int

    /// - Parameters:
    ///   - count: So many in any case.
    ///   - percent: So many percent of those who had access.
    public init(count: Int, percent: Int) {
        self.count = count
        self.percent = percent
    }

    /// How many of `base` may lose access.
    public func most(of base: Int) -> Int { max(count, base * percent / 100) }
}
