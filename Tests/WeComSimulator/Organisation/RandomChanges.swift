/// So many changes to a corp's people, chosen by a seed. Nobody is changed twice, and no leader, whose change would
/// show in others' records too.
struct RandomChanges: Sendable {
    /// User IDs by what was done to them.
    struct Changed: Sendable {
        var updated: [String] = []
        var removed: [String] = []
        var added: [String] = []
        var moved: [String] = []
    }

    let update: Int
    let remove: Int
    let add: Int
    let move: Int
    let seed: UInt64

    func apply(to state: inout Corp.State) -> Changed {
        var source = RandomSource(seed: seed)
        var chosen = choose(update + remove + move, in: state.organisation, &source)[...]
        var changed = Changed()
        for user in chosen.prefix(update) { changed.updated.append(renewed(user, in: &state, &source)) }
        chosen = chosen.dropFirst(update)
        for user in chosen.prefix(remove) {
            state.organisation.removeUser(user)
            state.forgetPeople(of: user.departments)
            changed.removed.append(user.id)
        }
        chosen = chosen.dropFirst(remove)
        let departments = state.organisation.departments.keys.sorted()
        changed.moved = chosen.compactMap { moved($0, to: departments, in: &state, &source) }
        for _ in 0..<add { changed.added.append(added(to: departments, in: &state, &source)) }
        return changed
    }

    private func choose(_ count: Int, in organisation: Organisation, _ source: inout RandomSource) -> [User] {
        let leaders = Set(organisation.departments.values.flatMap(\.leaders))
        let tagged = Set(organisation.tags.values.flatMap(\.users))
        var tried: Set<Int32> = []
        var users: [User] = []
        while users.count < count, tried.count < organisation.numbers.count {
            let number = Int32(source.below(organisation.numbers.count))
            guard tried.insert(number).inserted, let user = organisation.user(numbered: number),
                !leaders.contains(user.id), !tagged.contains(user.id)
            else { continue }
            users.append(user)
        }
        return users
    }

    private func renewed(_ before: User, in state: inout Corp.State, _ source: inout RandomSource) -> String {
        var user = before
        switch source.below(3) {
        case 0: user.position = "新任" + source.pick(DepartmentNames.positions)
        case 1: user.mobile = "19\(100_000_000 + source.below(899_999_999))"
        default: user.name = String(user.name.prefix(60)) + source.pick(["明", "华", "杰", "宁"])
        }
        if user == before { user.position += "（\(source.below(1000))）" }
        state.organisation.put(user)
        state.forgetPeople(of: user.departments)
        return user.id
    }

    private func moved(
        _ user: User,
        to departments: [Int],
        in state: inout Corp.State,
        _ source: inout RandomSource
    ) -> String? {
        var user = user
        let before = user.departments
        guard departments.count > before.count else { return nil }
        var target = before[0]
        while before.contains(target) { target = source.pick(departments) }
        user.memberships[0] = .init(department: target, order: source.below(1000))
        user.mainDepartment = target
        state.organisation.put(user)
        state.forgetPeople(of: before + [target])
        return user.id
    }

    private func added(
        to departments: [Int],
        in state: inout Corp.State,
        _ source: inout RandomSource
    ) -> String {
        let number = Int(state.organisation.numbers.upperBound)
        let department = source.pick(departments)
        var user = User(
            id: "newcomer.\(number)",
            name: source.pick(ChineseNames.families).character + source.pick(ChineseNames.given).character,
            memberships: [.init(department: department, order: 0)],
            mainDepartment: department
        )
        user.position = "新员工"
        user.mobile = "18\(100_000_000 + source.below(899_999_999))"
        user.gender = "1"
        user.email = "newcomer.\(number)@example.com"
        user.bizMail = "newcomer.\(number)@corp.example.cn"
        user.employeeNumber = "N\(number)"
        state.organisation.put(user)
        state.forgetPeople(of: [department])
        return user.id
    }
}
