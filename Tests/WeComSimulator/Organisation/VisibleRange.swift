/// Which part of the corp an application may see, as the administrator ticked it (wecom.md §3.11).
struct VisibleRange: Sendable, Hashable {
    var departments: [Int] = []
    /// User IDs.
    var users: [String] = []
    var tags: [Int] = []

    static let wholeCorp = VisibleRange(departments: [Department.rootID])

    /// What that comes to: departments with all below them, users one by one, tags by their members.
    func resolve(in organisation: Organisation) -> Visibility {
        let tags = tags.compactMap { organisation.tags[$0] }
        let roots = departments + tags.flatMap(\.departments)
        guard !roots.contains(Department.rootID) else { return Visibility(departments: nil, users: []) }
        return Visibility(
            departments: Set(roots.flatMap { organisation.subtree(of: $0) }),
            users: Set((users + tags.flatMap(\.users)).map { User.key($0) })
        )
    }
}

/// A visible range, worked out.
struct Visibility: Sendable {
    /// nil: every department.
    let departments: Set<Int>?
    /// The keys of the users who are visible wherever they work.
    let users: Set<String>

    func includes(department: Int) -> Bool { departments?.contains(department) ?? true }

    func includes(_ user: User) -> Bool {
        departments == nil || user.memberships.contains { includes(department: $0.department) }
            || users.contains(User.key(user.id))
    }
}
