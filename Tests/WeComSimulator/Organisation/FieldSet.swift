/// The personal fields that an application was granted (wecom.md §3.7); the rest is missing on the wire.
struct FieldSet: OptionSet, Sendable, Hashable {
    let rawValue: Int

    init(rawValue: Int) { self.rawValue = rawValue }

    static let userName = FieldSet(rawValue: 1 << 0)
    static let departmentName = FieldSet(rawValue: 1 << 1)
    static let mobile = FieldSet(rawValue: 1 << 2)
    static let email = FieldSet(rawValue: 1 << 3)
    static let position = FieldSet(rawValue: 1 << 4)
    static let telephone = FieldSet(rawValue: 1 << 5)
    static let avatar = FieldSet(rawValue: 1 << 6)
    static let gender = FieldSet(rawValue: 1 << 7)
    static let extended = FieldSet(rawValue: 1 << 8)
    static let address = FieldSet(rawValue: 1 << 9)

    static let all = FieldSet(rawValue: (1 << 10) - 1)

    /// By the names that `agent/get_permissions` uses (wecom.md §1.8).
    private static let names: [(name: String, field: FieldSet)] = [
        ("user_name", .userName), ("department_name", .departmentName), ("mobile", .mobile), ("email", .email),
        ("position", .position), ("telephone", .telephone), ("avatar", .avatar), ("gender", .gender),
        ("extattr", .extended), ("address", .address),
    ]

    /// `contact:sensitive:mobile` and so on.
    var permissions: [String] { Self.names.filter { contains($0.field) }.map { "contact:sensitive:\($0.name)" } }

    /// Of short or full permission names; nil where one is unknown.
    init?(permissions: [String]) {
        self = []
        for permission in permissions {
            let short = permission.split(separator: ":").last.map(String.init) ?? permission
            guard let known = Self.names.first(where: { $0.name == short }) else { return nil }
            insert(known.field)
        }
    }
}
