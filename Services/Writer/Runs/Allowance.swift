import Messages

/// How many may lose access by a run (architecture.md §3.6): fixed when it begins, and kept in its row.
struct Allowance: Codable, Equatable {
    var users: Int
    var departments: Int

    /// No limit at all.
    static let unlimited = Allowance(users: .max, departments: .max)

    /// - Parameters:
    ///   - present: Who and what has access when the run begins.
    ///   - losses: What runs before it have taken.
    init(_ limits: SafetyLimits, present: (users: Int, departments: Int), after losses: RecentLosses) {
        users = limits.people.allowance(of: present.users, after: losses.users)
        departments = limits.departments.allowance(of: present.departments, after: losses.departments)
    }

    init(users: Int, departments: Int) {
        self.users = users
        self.departments = departments
    }
}

/// Who and what lost access in the times before a run, and has not got it back.
struct RecentLosses: Equatable {
    var users = Counts()
    var departments = Counts()

    /// Over 24 hours, 7 days and 30 days.
    struct Counts: Equatable {
        var day = 0
        var week = 0
        var month = 0
    }
}

extension LossLimits {
    /// How many of `present` may lose access: never more than half of them, whatever the limits are.
    func allowance(of present: Int, after losses: RecentLosses.Counts) -> Int {
        let limits = [(perRun, 0), (perDay, losses.day), (perWeek, losses.week), (perMonth, losses.month)]
        let rest = limits.compactMap { limit, lost in limit.map { $0.most(of: present + lost) - lost } }
        return max(0, min(present / 2, rest.min() ?? .max))
    }
}
