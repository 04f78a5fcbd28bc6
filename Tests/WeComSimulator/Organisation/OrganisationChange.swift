import HTTPTypes

/// One change that an administrator makes while somebody reads: ordered beforehand, made in the middle of a call.
enum OrganisationChange: Sendable, Equatable {
    case removeUser(String)
    case moveUser(String, to: [Int])
    /// Many at once.
    case moveUsers([String: [Int]])
    /// With all below it; its people go to its parent.
    case removeDepartment(Int)
    /// What the first application may see.
    case narrow(VisibleRange)

    /// The single member of an object: `removeUser`, `moveUser` with `department`, `moveUsers` with the departments of
    /// each, `removeDepartment`, `visibleRange`.
    init(_ fields: JSON) throws {
        if let user = fields["removeUser"]?.text {
            self = .removeUser(user)
        } else if let user = fields["moveUser"]?.text, let departments = fields["department"]?.integers {
            self = .moveUser(user, to: departments)
        } else if let users = fields["moveUsers"]?.members {
            self = .moveUsers(Dictionary(users.map { ($0.name, $0.value.integers ?? []) }) { $1 })
        } else if let department = fields["removeDepartment"]?.integer {
            self = .removeDepartment(department)
        } else if let range = fields["visibleRange"] {
            self = .narrow(
                VisibleRange(
                    departments: range["departments"]?.integers ?? [],
                    users: range["users"]?.texts ?? [],
                    tags: range["tags"]?.integers ?? []
                )
            )
        } else {
            throw refusal(.badRequest, "change is removeUser, moveUser, moveUsers, removeDepartment or visibleRange")
        }
    }
}

extension Corp.State {
    /// Makes the change, as far as what it names is there.
    mutating func apply(_ change: OrganisationChange) {
        switch change {
        case .removeUser(let id): organisation.user(id).map { organisation.removeUser($0) }
        case .moveUser(let id, let departments): move(id, to: departments)
        case .moveUsers(let users):
            for (id, departments) in users.sorted(by: { $0.key < $1.key }) { move(id, to: departments) }
        case .removeDepartment(let id): removeWithAllBelow(id)
        case .narrow(let range):
            if let agent = agents.keys.min() { agents[agent]?.range = range }
        }
        forgetEverything()
    }

    private mutating func move(_ id: String, to departments: [Int]) {
        let known = departments.filter { organisation.departments[$0] != nil }
        guard var user = organisation.user(id), let main = known.first else { return }
        user.memberships = known.map { .init(department: $0, order: 0) }
        user.mainDepartment = main
        organisation.put(user)
    }

    private mutating func removeWithAllBelow(_ id: Int) {
        guard let parent = organisation.departments[id]?.parentID, id != Department.rootID else { return }
        let gone = Set(organisation.subtree(of: id))
        for user in gone.flatMap({ Array(organisation.users(in: $0)) }) {
            let others = user.departments.filter { !gone.contains($0) }
            move(user.id, to: others.isEmpty ? [parent] : others)
        }
        var left = gone
        while let leaf = left.first(where: { organisation.children(of: $0).isEmpty }) {
            organisation.removeDepartment(leaf)
            left.remove(leaf)
        }
    }
}
