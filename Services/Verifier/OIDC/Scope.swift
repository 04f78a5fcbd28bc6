/// What a client may learn of a person, and whether it may go on without them (OpenID Connect Core §5.4, §11).
struct Scope: Equatable, Sendable, CustomStringConvertible {
    /// The scopes that there are.
    enum Value: String, CaseIterable, Sendable {
        /// Who somebody is, and whose.
        case openid
        /// What people and programs call them.
        case profile
        /// Their address for mail.
        case email
        /// The departments that they belong to.
        case groups
        /// A refresh token.
        case offlineAccess = "offline_access"
    }

    private let values: Set<Value>

    init(_ values: Set<Value>) {
        self.values = values
    }

    /// - Parameter text: Names separated by spaces; those that there are not are ignored (OpenID Connect Core §3.1.2.1).
    init(_ text: String) {
        values = Set(text.split(separator: " ").compactMap { Value(rawValue: String($0)) })
    }

    /// Everything that can be asked for.
    static let all = Scope(Set(Value.allCases))

    /// Whether it has one of them.
    func contains(_ value: Value) -> Bool { values.contains(value) }

    /// Whether it has nothing that the other one does not have.
    func isWithin(_ other: Scope) -> Bool { values.isSubset(of: other.values) }

    /// The names, always in the same order.
    var description: String {
        Value.allCases.filter(values.contains).map(\.rawValue).joined(separator: " ")
    }
}
