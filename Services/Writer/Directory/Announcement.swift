import Messages

/// What a transaction has to tell of what it did, as messages of bounded size.
struct Announcement {
    /// People or departments that one message carries at most.
    private static let batchSize = 500
    /// Bytes that one message has at most, unless a single person or department has more: below what the outbox takes.
    static let messageSize = 900_000

    /// Which corp the people are of.
    let generation: Generation
    /// How their user ids are compared.
    let userIDCase: UserIDCase
    /// Whether telephone numbers and addresses are told, of those who may log on.
    let tellsContacts: Bool
    private var departments = Drafts()
    private var users = Drafts()
    /// What was done to which object.
    private(set) var objects = RunObjects()
    /// Whether nobody is shut out, or let in again: that a person is new or has another name may wait for others.
    private(set) var canWait = true

    init(_ generation: Generation, _ userIDCase: UserIDCase, tellsContacts: Bool = false) {
        self.generation = generation
        self.userIDCase = userIDCase
        self.tellsContacts = tellsContacts
    }

    /// The messages in their order, to be numbered.
    var drafts: [DirectoryChanges.Draft] { departments.list + users.list }

    /// How many messages there are.
    var count: Int { departments.list.count + users.list.count }

    /// Tells of a person that `record` is what the directory has of them now.
    mutating func add(_ record: UserRecord, id: UserID, kind: DirectoryChanges.Kind) {
        if kind.isUrgent { canWait = false }
        users.makeRoom(for: record.mostBytesTold, reserving: Self.batchSize)
        let tellsContacts = tellsContacts && record.isEnabledWhenNew
        users.list[users.list.count - 1].add(record, id: id, kind: kind, tellsContacts: tellsContacts)
    }

    mutating func add(_ user: DirectoryChanges.UserChange) {
        if user.kind.isUrgent { canWait = false }
        objects.note(user)
        users.makeRoom(for: user.mostBytes, reserving: Self.batchSize)
        users.list[users.list.count - 1].add(tellsContacts && user.isEnabled ? user : user.withoutContacts)
    }

    mutating func add(_ users: [DirectoryChanges.UserChange]) {
        for user in users { add(user) }
    }

    /// Tells of people that they are gone.
    mutating func add(removed users: [DirectoryChanges.UserChange], because reason: LossReason) {
        add(users)
        note(removed: users, because: ChangeReason(reason))
    }

    /// Notes that people are gone, who are told of otherwise.
    mutating func note(removed users: [DirectoryChanges.UserChange], because reason: ChangeReason? = nil) {
        objects.note(removed: users, because: reason)
    }

    /// Notes that departments are gone, which are told of otherwise.
    mutating func note(removed departments: [DirectoryChanges.DepartmentChange], because reason: ChangeReason) {
        objects.note(removed: departments, because: reason)
    }

    mutating func add(_ departments: [DirectoryChanges.DepartmentChange]) {
        for department in departments {
            objects.note(department)
            self.departments.makeRoom(for: department.mostBytes, reserving: 0)
            self.departments.list[self.departments.list.count - 1].add(department)
        }
    }

    /// Messages of one kind of object, the last of which is added to.
    private struct Drafts {
        var list: [DirectoryChanges.Draft] = []
        /// Objects that the last one has, and bytes at most.
        private var last = (count: 0, bytes: 0)

        /// Sees to it that the last message can carry an object more.
        mutating func makeRoom(for bytes: Int, reserving people: Int) {
            last = (last.count + 1, last.bytes + bytes)
            guard list.isEmpty || last.count > batchSize || last.bytes > messageSize else { return }
            list.append(DirectoryChanges.Draft(reserving: people))
            last = (1, bytes)
        }
    }
}

extension DirectoryChanges.Kind {
    /// Whether it shuts somebody out, or lets somebody in again.
    fileprivate var isUrgent: Bool { self != .created && self != .updated }
}

// A character of a text is six bytes of JSON at most.

extension UserRecord {
    /// How many bytes what is told of the person may have.
    fileprivate var mostBytesTold: Int {
        let texts = externalID.utf8.count + (username?.utf8.count ?? 0) + (displayName?.utf8.count ?? 0)
        let contacts = (phoneNumber?.utf8.count ?? 0) + (postalAddress?.utf8.count ?? 0)
        return 290 + 6 * (texts + (email?.utf8.count ?? 0) + contacts) + 21 * (memberships?.count ?? 0)
    }
}

extension DirectoryChanges.UserChange {
    /// How many bytes it may have as JSON.
    fileprivate var mostBytes: Int {
        let texts = externalID.utf8.count + (username?.utf8.count ?? 0) + (displayName?.utf8.count ?? 0)
        let contacts = (phoneNumber?.utf8.count ?? 0) + (address?.utf8.count ?? 0)
        return 290 + 6 * (texts + (email?.utf8.count ?? 0) + contacts) + 21 * departments.count
    }

    /// The same without telephone number and address.
    fileprivate var withoutContacts: Self {
        var change = self
        (change.phoneNumber, change.address) = (nil, nil)
        return change
    }
}

extension DirectoryChanges.DepartmentChange {
    /// How many bytes it may have as JSON.
    fileprivate var mostBytes: Int { 120 + 6 * (name?.utf8.count ?? 0) }
}
