import Messages

/// Counts what a run reads, for its manifest (architecture.md §3).
struct ManifestBuilder: Sendable {
    /// Sentences that a manifest names at most; the rest is counted.
    private static let reasonLimit = 50

    private let plan: RunPlan
    private let planned: Set<Int64>
    private(set) var departmentsRead = 0
    private(set) var users = SeenUsers()
    private var reasons: [String]
    private var furtherReasons = 0

    init(_ plan: RunPlan) {
        self.plan = plan
        planned = Set(plan.departments.map(\.id))
        reasons = []
        for reason in plan.shortcomings { note(reason) }
    }

    /// A department's people were read, by whichever holder of the run. Those of a department that has
    /// left the plan meanwhile count all the same, for they were sent.
    mutating func add(_ department: DepartmentPeople) {
        if planned.contains(department.department) { departmentsRead += 1 }
        users.add(department.keys)
        for reason in department.shortcomings { note(reason) }
    }

    /// People were read one by one.
    mutating func add(people keys: [ContentDigest]) { users.add(keys) }

    /// Something could not be read: a sentence.
    mutating func note(_ reason: String) {
        if reasons.count < Self.reasonLimit {
            reasons.append(reason)
        } else {
            furtherReasons += 1
        }
    }

    /// How far it has come.
    var standing: RunSender.Standing {
        RunSender.Standing(
            departmentsRead: departmentsRead,
            departmentsExpected: plan.departments.count,
            usersSeen: users.count
        )
    }

    /// - Parameter pages: Of this holder's part of the run.
    func manifest(pages: Int) -> FetchManifest {
        FetchManifest(
            departmentsExpected: plan.departments.count,
            departmentsRead: departmentsRead,
            pages: pages,
            distinctUsers: users.count,
            userDigest: users.digest,
            departmentDigest: plan.departmentDigest,
            scopeHash: plan.scopeHash,
            visibleRangeHash: plan.visibleRangeHash,
            isComplete: reasons.isEmpty,
            incompleteReasons: reasons + (furtherReasons > 0 ? ["And \(furtherReasons) further reasons."] : [])
        )
    }
}

/// What was read of a department's people; what a checkpoint keeps.
struct DepartmentPeople: Equatable, Sendable {
    let department: Int64
    /// The digests of the people's keys.
    let keys: [ContentDigest]
    /// Why not all of the department's people are there, a sentence each.
    let shortcomings: [String]
}
