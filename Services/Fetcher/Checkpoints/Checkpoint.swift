import Messages

/// What of a run is read, and with the brokers: what whoever works on it next need not ask for again.
struct Checkpoint: Equatable, Sendable {
    var departments: [DepartmentPeople] = []
    /// People who were asked for one by one.
    var people: [AskedPerson] = []

    var isEmpty: Bool { departments.isEmpty && people.isEmpty }

    /// Rows that it takes.
    var count: Int { departments.count + people.count }

    static func += (one: inout Checkpoint, other: Checkpoint) {
        one.departments += other.departments
        one.people += other.people
    }
}

/// What WeCom said of a person who was asked for by themselves. Of whom it said nothing, the next holder asks again.
struct AskedPerson: Equatable, Sendable {
    /// The digest of the person's key.
    let key: ContentDigest
    /// Whether WeCom shows them.
    let isPresent: Bool
    /// Whether their record was sent.
    let isSent: Bool
    /// WeCom's error code, of one whom it does not show.
    var code: Int?
}
