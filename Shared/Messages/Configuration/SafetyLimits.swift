/// How many people and departments one run may remove before somebody has to agree.
public struct SafetyLimits: Codable, Equatable, Sendable {
    /// At most so many users, if set.
    public var maximumRemovedUsers: Int?
    /// At most so many percent of the users, if set.
    public var maximumRemovedUsersPercent: Int?
    /// Days from disabling a removed user to deleting it.
    public var graceDays: Int

    /// - Parameters:
    ///   - maximumRemovedUsers: At most so many users, if set.
    ///   - maximumRemovedUsersPercent: At most so many percent of the users, if set.
    ///   - graceDays: Days from disabling a removed user to deleting it.
    public init(maximumRemovedUsers: Int? = nil, maximumRemovedUsersPercent: Int? = nil, graceDays: Int = 30) {
        self.maximumRemovedUsers = maximumRemovedUsers
        self.maximumRemovedUsersPercent = maximumRemovedUsersPercent
        self.graceDays = graceDays
    }
}
