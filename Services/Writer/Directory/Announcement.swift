import Messages

/// What a transaction has to tell of what it did, as messages of bounded size.
struct Announcement {
    /// People or departments that one message carries at most.
    private static let batchSize = 500

    private var departments: [DirectoryChanges] = []
    private var users: [DirectoryChanges] = []
    /// Whether nobody is shut out, or let in again: that a person is new or has another name may wait for others.
    private(set) var canWait = true

    /// The messages in their order, numbered from `first` on.
    func messages(from first: Int64) -> [DirectoryChanges] {
        var messages = departments + users
        for index in messages.indices { messages[index].sequence = first + Int64(index) }
        return messages
    }

    /// How many messages there are.
    var count: Int { departments.count + users.count }

    mutating func add(_ user: consuming DirectoryChanges.UserChange) {
        if user.kind != .created, user.kind != .updated { canWait = false }
        if users.last.map({ $0.users.count == Self.batchSize }) ?? true {
            users.append(DirectoryChanges(sequence: 0))
            users[users.count - 1].users.reserveCapacity(Self.batchSize)
        }
        users[users.count - 1].users.append(user)
    }

    private mutating func add(_ department: DirectoryChanges.DepartmentChange) {
        if departments.last.map({ $0.departments.count == Self.batchSize }) ?? true {
            departments.append(DirectoryChanges(sequence: 0))
        }
        departments[departments.count - 1].departments.append(department)
    }

    mutating func add(_ users: [DirectoryChanges.UserChange]) {
        for user in users { add(user) }
    }

    mutating func add(_ departments: [DirectoryChanges.DepartmentChange]) {
        for department in departments { add(department) }
    }
}
