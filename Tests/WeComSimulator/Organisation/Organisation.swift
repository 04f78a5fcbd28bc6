/// The departments, people and tags of one corp: a blueprint and what was changed since.
struct Organisation: Sendable {
    let blueprint: Blueprint
    private(set) var departments: [Int: Department]
    private(set) var tags: [Int: Tag]
    private var children: [Int: [Int]] = [:]
    /// The numbers of the users of each department, in their order.
    private var members: [Int: [Int32]] = [:]
    /// Users by number that are no longer what the blueprint says; nil is a user who was removed.
    private var edits: [Int32: User?] = [:]
    /// The numbers of users who are not in the blueprint, by the key of their ID.
    private var added: [String: Int32] = [:]
    private var nextNumber: Int32

    init(_ blueprint: Blueprint, named name: String) {
        self.blueprint = blueprint
        nextNumber = Int32(blueprint.userCount)
        let built = blueprint.departments(named: name)
        departments = Dictionary(uniqueKeysWithValues: built.map { ($0.id, $0) })
        tags = [:]
        for department in built where department.parentID != 0 {
            children[department.parentID, default: []].append(department.id)
        }
        placeMembers()
        chooseLeaders()
        tags = makeTags()
    }

    private mutating func placeMembers() {
        var places = [[Int32]](repeating: [], count: blueprint.departmentCount + 1)
        for index in 0..<blueprint.userCount {
            for membership in blueprint.memberships(at: index) { places[membership.department].append(Int32(index)) }
        }
        for (department, numbers) in places.enumerated() where !numbers.isEmpty { members[department] = numbers }
    }

    private mutating func chooseLeaders() {
        for (id, numbers) in members where id % 10 != 9 {
            departments[id]?.leaders = [blueprint.userID(at: Int(numbers[0]))]
        }
    }

    private func makeTags() -> [Int: Tag] {
        guard blueprint.userCount > 0 else { return [:] }
        let sample = stride(from: 0, to: blueprint.userCount, by: max(1, blueprint.userCount / 5)).prefix(5)
        return [
            1: Tag(id: 1, name: "安全委员会", users: sample.map { blueprint.userID(at: $0) }, departments: []),
            2: Tag(id: 2, name: "试点部门", users: [], departments: departments.count > 2 ? [2, 3] : [1]),
        ]
    }
}

// MARK: Reading

extension Organisation {
    var userCount: Int { Int(nextNumber) - edits.values.count { $0 == nil } }

    /// The numbers that users have or had, for those who want to see them all.
    var numbers: Range<Int32> { 0..<nextNumber }

    func user(numbered number: Int32) -> User? {
        if let edit = edits[number] { return edit }
        return number < blueprint.userCount ? blueprint.user(at: Int(number)) : nil
    }

    func user(_ id: String) -> User? { number(of: id).flatMap(user(numbered:)) }

    /// The users that work in that very department, not below it.
    func users(in department: Int) -> some Sequence<User> {
        (members[department] ?? []).lazy.compactMap { user(numbered: $0) }
    }

    func memberCount(of department: Int) -> Int { members[department]?.count ?? 0 }

    func children(of department: Int) -> [Int] { children[department] ?? [] }

    /// The department and everything below it.
    func subtree(of department: Int) -> [Int] {
        guard departments[department] != nil else { return [] }
        var found = [department]
        var position = 0
        while position < found.count {
            found += children(of: found[position])
            position += 1
        }
        return found
    }

    func isLeader(_ user: User, of department: Int) -> Bool {
        departments[department]?.leaders.contains(user.id) ?? false
    }

    /// The leaders of the user's main department or, where the user is one of them, of the next one above.
    func directLeaders(of user: User) -> [String] {
        var next = departments[user.mainDepartment]
        while let department = next {
            if !department.leaders.isEmpty, !department.leaders.contains(user.id) { return department.leaders }
            next = departments[department.parentID]
        }
        return []
    }

    fileprivate func number(of id: String) -> Int32? {
        added[User.key(id)] ?? blueprint.index(ofUserID: id).map { Int32($0) }
    }
}

// MARK: Changing

extension Organisation {
    /// Adds the user, or replaces the one with that ID.
    mutating func put(_ user: User) {
        let known = number(of: user.id)
        let number = known ?? nextNumber
        if let before = known.flatMap(self.user(numbered:)) { leave(before.departments, number) }
        if known == nil {
            added[User.key(user.id)] = number
            nextNumber += 1
        }
        edits[number] = .some(user)
        for department in user.departments { members[department, default: []].append(number) }
    }

    /// Removes the user, also from the leaders and tags that name the user.
    mutating func removeUser(_ user: User) {
        guard let number = number(of: user.id) else { return }
        leave(user.departments, number)
        edits[number] = .some(nil)
        for department in user.departments { departments[department]?.leaders.removeAll { $0 == user.id } }
        for id in tags.keys { tags[id]?.users.removeAll { $0 == user.id } }
    }

    /// Gives the user another id, wherever the user is named.
    mutating func rename(_ user: User, to id: String) -> User {
        let led = departments.values.filter { $0.leaders.contains(user.id) }
        let tagged = tags.values.filter { $0.users.contains(user.id) }
        let renamed = user.renamed(to: id)
        removeUser(user)
        put(renamed)
        for department in led {
            departments[department.id]?.leaders = department.leaders.map { $0 == user.id ? id : $0 }
        }
        for tag in tagged { tags[tag.id]?.users = tag.users.map { $0 == user.id ? id : $0 } }
        return renamed
    }

    private mutating func leave(_ departments: [Int], _ number: Int32) {
        for department in departments { members[department]?.removeAll { $0 == number } }
    }

    /// Adds the department, or replaces the one with that ID.
    mutating func put(_ department: Department) {
        if let before = departments[department.id] { children[before.parentID]?.removeAll { $0 == before.id } }
        departments[department.id] = department
        if department.parentID != 0 { children[department.parentID, default: []].append(department.id) }
    }

    /// Removes a department that has neither members nor children.
    mutating func removeDepartment(_ id: Int) {
        guard let department = departments.removeValue(forKey: id) else { return }
        children[department.parentID]?.removeAll { $0 == id }
        children[id] = nil
        members[id] = nil
        for tag in tags.keys { tags[tag]?.departments.removeAll { $0 == id } }
    }

    mutating func put(_ tag: Tag) { tags[tag.id] = tag }
}
