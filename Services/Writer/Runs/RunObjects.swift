import Messages

/// What a transaction did to which object for a run, as far as that has to be written down (``RunObjectRows``).
struct RunObjects {
    /// What became of an object, and why, where that is not what a record says.
    struct Change {
        let what: RunChange
        var reason: ChangeReason?

        /// What both come to: that something is other than before says less than that it came or went.
        fileprivate func followed(by next: Change) -> Change { next.what == .updated ? self : next }
    }

    private(set) var users: [UserID: Change] = [:]
    private(set) var departments: [Int64: Change] = [:]

    var isEmpty: Bool { users.isEmpty && departments.isEmpty }

    mutating func note(_ user: DirectoryChanges.UserChange) {
        guard let what = RunChange(user.kind) else { return }
        let change = Change(what: what)
        users[user.id] = users[user.id]?.followed(by: change) ?? change
    }

    /// People are disabled as they are gone.
    mutating func note(removed users: [DirectoryChanges.UserChange], because reason: ChangeReason?) {
        for user in users { self.users[user.id] = Change(what: .removed, reason: reason) }
    }

    /// Departments are disabled as they are gone.
    mutating func note(removed departments: [DirectoryChanges.DepartmentChange], because reason: ChangeReason) {
        for department in departments {
            self.departments[department.externalID] = Change(what: .removed, reason: reason)
        }
    }

    /// A department is disabled where it is gone.
    mutating func note(_ department: DirectoryChanges.DepartmentChange) {
        guard let what = RunChange(department.kind) else { return }
        let change = Change(what: what == .disabled ? .removed : what)
        departments[department.externalID] = departments[department.externalID]?.followed(by: change) ?? change
    }
}
