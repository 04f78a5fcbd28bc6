/// How many people and departments may lose access before somebody has to agree, who never does, and what each reason
/// means (architecture.md §3.5, §3.6).
public struct SafetyLimits: Codable, Equatable, Sendable {
    /// People: removed, left the range or the scope, or disabled in WeCom.
    public var people: LossLimits
    /// Departments that are removed.
    public var departments: LossLimits
    /// What each reason for losing access does.
    public var policies: LossPolicies
    /// People who never lose access by a run, by the user ids as WeCom spells them.
    public var protectedUsers: [String]
    /// Days from disabling a removed user to deleting it.
    public var graceDays: Int
    /// Days after which what is held and nobody decided about is looked at anew.
    public var heldDays: Int

    /// People that can be protected, at most.
    public static let mostProtectedUsers = 200

    /// All of it at once.
    public init(
        people: LossLimits = .people,
        departments: LossLimits = .departments,
        policies: LossPolicies = LossPolicies(),
        protectedUsers: [String] = [],
        graceDays: Int = 30,
        heldDays: Int = 14
    ) {
        self.people = people
        self.departments = departments
        self.policies = policies
        self.protectedUsers = protectedUsers
        self.graceDays = graceDays
        self.heldDays = heldDays
    }
}
