/// The recipe of an organisation: any of its people and departments is computed from the seed when it is asked for,
/// so that a million of them take no memory, and the same seed makes the same ids in every corp.
struct Blueprint: Sendable {
    /// The kinds of random streams, so that none depends on another's length.
    private enum Stream {
        static let user: UInt64 = 1
        static let place: UInt64 = 2
        static let department: UInt64 = 3
    }

    static let deepest = 15

    let seed: UInt64
    let userCount: Int
    let departmentCount: Int

    func departmentID(at index: Int) -> Int { index + 1 }

    /// Every department, parents before children, leaders not yet chosen.
    func departments(named corpName: String) -> [Department] {
        var depths = [1]
        var taken: Set<String> = []
        var departments = [
            Department(id: Department.rootID, parentID: 0, name: corpName, order: 100_000_000, leaders: [])
        ]
        departments.reserveCapacity(departmentCount)
        depths.reserveCapacity(departmentCount)
        for index in departments.count..<max(departmentCount, 1) {
            var source = RandomSource(seed: seed, stream: Stream.department, index: index)
            let parent = parentIndex(of: index, depths: depths, &source)
            depths.append(depths[parent] + 1)
            let parentID = departmentID(at: parent)
            var name = DepartmentNames.name(&source, index: index)
            if !taken.insert("\(parentID)/\(name)").inserted {
                name = String(name.prefix(50)) + "\(index)"
                taken.insert("\(parentID)/\(name)")
            }
            let order = source.below(20) == 0 ? Int(UInt32.max) : source.below(100_000)
            departments.append(
                Department(id: departmentID(at: index), parentID: parentID, name: name, order: order, leaders: [])
            )
        }
        return departments
    }

    /// Wide near the top, and in a large corp one line that goes down as far as WeCom allows (wecom.md §3.13).
    private func parentIndex(of index: Int, depths: [Int], _ source: inout RandomSource) -> Int {
        if departmentCount >= 100, index < Self.deepest { return index - 1 }
        if index > 8, source.below(10) == 0, depths[index - 1] < Self.deepest { return index - 1 }
        let first = index / 10
        let candidate = first + source.below(max(1, index / 4 - first))
        return depths[candidate] < Self.deepest ? candidate : 0
    }

    /// Where a user works: one department, and two for every fiftieth user.
    func memberships(at index: Int) -> [User.Membership] {
        var source = RandomSource(seed: seed, stream: Stream.place, index: index)
        let main = place(&source)
        var memberships = [User.Membership(department: main, order: source.below(3) * source.below(50_000))]
        if index % 50 == 7, departmentCount > 1 {
            var other = place(&source)
            if other == main { other = main == departmentCount ? 1 : main + 1 }
            memberships.append(.init(department: other, order: source.below(50_000)))
        }
        return memberships
    }

    /// A fifth of the people crowd into a tenth of the departments.
    private func place(_ source: inout RandomSource) -> Int {
        let isCrowded = source.below(5) == 0
        return departmentID(at: source.below(isCrowded ? max(1, departmentCount / 10) : max(1, departmentCount)))
    }

    func userID(at index: Int) -> String { userID(at: index, of: person(at: index)) }

    func user(at index: Int) -> User {
        let person = person(at: index)
        let memberships = memberships(at: index)
        var source = person.source
        let id = userID(at: index, of: person)
        let number = 100_000 + index
        var user = User(
            id: id,
            name: person.name,
            memberships: memberships,
            mainDepartment: memberships[0].department
        )
        user.position = source.pick(DepartmentNames.positions)
        user.mobile = "1\(3 + source.below(7))\(String(100_000_000 + (index &* 7_919) % 900_000_000))"
        user.gender = source.below(2) == 0 ? "1" : "2"
        user.email = "\(id.lowercased())@example.com"
        user.bizMail = "\(id.lowercased())@corp.example.cn"
        user.telephone = source.below(4) == 0 ? "020-\(80_000_000 + source.below(9_999_999))" : ""
        user.alias = source.below(5) == 0 ? person.spelling : ""
        user.avatar = "https://wework.qpic.cn/wwpic3az/\(source.below(900_000) + 100_000)_\(number)/0"
        user.employeeNumber = "E\(number)"
        OddCases.apply(to: &user, at: index)
        return user
    }

    /// The index that an ID of this blueprint ends in; the caller compares the whole ID.
    func index(ofUserID id: String) -> Int? {
        let digits = id.utf8.reversed().prefix { (48...57).contains($0) }
        guard !digits.isEmpty, digits.count <= 9, let index = Int(String(decoding: digits.reversed(), as: UTF8.self))
        else { return nil }
        return index < userCount && User.key(userID(at: index)) == User.key(id) ? index : nil
    }

    private struct Person {
        var name: String
        var spelling: String
        var source: RandomSource
    }

    private func person(at index: Int) -> Person {
        var source = RandomSource(seed: seed, stream: Stream.user, index: index)
        let family = source.pick(ChineseNames.families)
        let first = source.pick(ChineseNames.given)
        guard source.below(5) != 0 else {
            return Person(
                name: family.character + first.character,
                spelling: family.spelling + first.spelling,
                source: source
            )
        }
        let second = source.pick(ChineseNames.given)
        return Person(
            name: family.character + first.character + second.character,
            spelling: family.spelling + first.spelling + second.spelling,
            source: source
        )
    }

    private func userID(at index: Int, of person: Person) -> String {
        switch index % 997 {
        case 21: "\(person.spelling.prefix(1).uppercased() + person.spelling.dropFirst())-\(index)"
        case 22: "\(person.spelling).x_\(index)"
        case 23: String(repeating: "longuserid", count: 7).prefix(64 - String(index).utf8.count) + String(index)
        default: "\(person.spelling)\(index)"
        }
    }
}
