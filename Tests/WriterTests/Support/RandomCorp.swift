import Messages

@testable import Writer

/// A corp to whose people and departments everything happens that can, as chance has it.
struct RandomCorp {
    private(set) var people: [String: UserRecord] = [:]
    private(set) var departments: [Int64: DepartmentRecord] = [1: department(1, "All")]
    /// Who has another human's user id since the last run.
    private(set) var replaced: [UserRecord] = []
    private var random: RandomRecords
    private var humans = 0

    init(seed: UInt64) {
        random = RandomRecords(seed: seed)
        for _ in 0..<12 { join() }
    }

    var users: [UserRecord] { people.values.sorted { $0.externalID < $1.externalID } }
    var units: [DepartmentRecord] { departments.values.sorted { $0.externalID < $1.externalID } }

    mutating func number(_ limit: Int) -> Int { random.number(limit) }

    /// Lets a day go by.
    mutating func change() {
        replaced = []
        for _ in 0..<random.number(4) { step() }
    }

    private mutating func step() {
        guard let name = someone() else { return join() }
        switch random.number(9) {
        case 0: join()
        case 1: people[name] = nil
        case 2: rename(name)
        case 3: replace(name)
        case 4: people[name]?.set(status: .disabled)
        case 5: move(name)
        case 6: changeDepartments()
        case 7: people[name]?.set(status: .active)
        default: people[name]?.set(title: ["Boss", "", "Clerk \(random.number(9))"][random.number(3)])
        }
    }

    private mutating func someone() -> String? {
        people.isEmpty ? nil : people.keys.sorted()[random.number(people.count)]
    }

    /// A human whom nobody resembles.
    private mutating func human(_ name: String) -> UserRecord {
        humans += 1
        return person(name, name: "N\(humans)", email: "m\(humans)@x", mobile: "+\(humans)", departments: somewhere())
    }

    private mutating func somewhere() -> [Int64] {
        let some = departments.keys.sorted().filter { _ in random.number(3) == 0 }
        return some.isEmpty ? [1] : some
    }

    private mutating func join() {
        let name = "p\(10 + random.number(30))"
        if people[name] == nil { people[name] = human(name) }
    }

    private mutating func rename(_ name: String) {
        let other = "q\(humans)"
        guard let record = people[name], people[other] == nil else { return }
        people[name] = nil
        people[other] = record.renamed(other)
    }

    private mutating func replace(_ name: String) {
        let other = human(name)
        people[name] = other
        replaced.append(other)
    }

    private mutating func move(_ name: String) {
        let somewhere = somewhere()
        people[name]?.set(departments: somewhere)
    }

    private mutating func changeDepartments() {
        let id = Int64(2 + random.number(4))
        if departments[id] != nil, random.number(2) == 0 {
            departments[id] = nil
            for name in people.keys.sorted()
            where people[name]?.memberships?.contains(where: { $0.department == id }) == true {
                people[name]?.set(departments: [1])
            }
        } else {
            departments[id] = department(id, "D\(random.number(5))", parent: 1)
        }
    }
}

extension UserRecord {
    /// The record with what is said, and the hash that goes with it.
    fileprivate mutating func set(
        title: String? = nil,
        status: Status? = nil,
        departments: [Int64]? = nil
    ) {
        self = person(
            externalID,
            name: displayName,
            email: email,
            mobile: mobile,
            title: title ?? self.title,
            status: status ?? self.status ?? .active,
            departments: departments ?? memberships?.map(\.department) ?? []
        )
    }

    fileprivate func renamed(_ name: String) -> UserRecord {
        person(
            name,
            name: displayName,
            email: email,
            mobile: mobile,
            title: title,
            status: status ?? .active,
            departments: memberships?.map(\.department) ?? []
        )
    }
}
