/// An employee, as the corp knows one. Absent and empty differ: nil is a key that is missing on the wire.
struct User: Sendable, Equatable {
    /// Where the user works, with the user's place in that department's list.
    struct Membership: Sendable, Equatable {
        var department: Int
        var order: Int
    }

    /// wecom.md §3.6.
    enum Status: Int, Sendable {
        case active = 1
        case disabled = 2
        case notActivated = 4
        case left = 5
    }

    /// Unique without regard to case; 1–64 bytes.
    private(set) var id: String
    var name: String
    var memberships: [Membership]
    var mainDepartment: Int
    var position = ""
    var mobile: String?
    /// "1" male, "2" female, "0" unknown.
    var gender = "0"
    var email: String?
    var bizMail: String?
    var telephone: String?
    var alias: String?
    var address: String?
    var avatar = ""
    var status = Status.active
    var employeeNumber: String?

    var departments: [Int] { memberships.map(\.department) }

    /// The same user under another id (wecom.md §8 #9).
    func renamed(to id: String) -> User {
        var user = self
        user.id = id
        return user
    }

    /// What it is looked up by.
    static func key(_ id: String) -> String { id.lowercased() }
}
