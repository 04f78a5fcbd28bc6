import Messages

/// What a transaction has to tell of what it did, as messages of bounded size.
struct Announcement {
    /// People or departments that one message carries at most.
    private static let batchSize = 500

    private var departments: [DirectoryChanges.Draft] = []
    private var users: [DirectoryChanges.Draft] = []
    /// Whether nobody is shut out, or let in again: that a person is new or has another name may wait for others.
    private(set) var canWait = true

    /// The JSON of the messages in their order, numbered from `first` on.
    func messages(from first: Int64) -> [[UInt8]] {
        (departments + users).enumerated().map { index, draft in draft.finish(sequence: first + Int64(index)) }
    }

    /// How many messages there are.
    var count: Int { departments.count + users.count }

    /// Tells of a person that `record` is what the directory has of them now.
    mutating func add(_ record: UserRecord, id: UserID, kind: DirectoryChanges.Kind) {
        makeRoom(for: kind)
        users[users.count - 1].add(record, id: id, kind: kind)
    }

    private mutating func add(_ user: DirectoryChanges.UserChange) {
        makeRoom(for: user.kind)
        users[users.count - 1].add(user)
    }

    mutating func add(_ users: [DirectoryChanges.UserChange]) {
        for user in users { add(user) }
    }

    mutating func add(_ departments: [DirectoryChanges.DepartmentChange]) {
        for department in departments { add(department) }
    }

    private mutating func add(_ department: DirectoryChanges.DepartmentChange) {
        if departments.last.map({ $0.departments.count == Self.batchSize }) ?? true {
            departments.append(DirectoryChanges.Draft(reserving: 0))
        }
        departments[departments.count - 1].add(department)
    }

    /// Sees to it that the last message can carry a person more.
    private mutating func makeRoom(for kind: DirectoryChanges.Kind) {
        if kind != .created, kind != .updated { canWait = false }
        if users.last.map({ $0.userCount == Self.batchSize }) ?? true {
            users.append(DirectoryChanges.Draft(reserving: Self.batchSize))
        }
    }
}
