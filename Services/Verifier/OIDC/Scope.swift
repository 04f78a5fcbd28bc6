import Messages

/// What a client may learn of a person, and whether it may go on without them (OpenID Connect Core §5.4, §11).
struct Scope: Equatable, Sendable, CustomStringConvertible {
    /// The scopes that there are.
    typealias Value = ClientScope

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

    /// What both have.
    func limited(to other: Scope) -> Scope { Scope(values.intersection(other.values)) }

    /// What it has, and this.
    func with(_ value: Value) -> Scope { Scope(values.union([value])) }

    /// What it has without those.
    func without(_ others: Set<Value>) -> Scope { Scope(values.subtracting(others)) }

    /// The names, always in the same order.
    var description: String {
        Value.allCases.filter(values.contains).map(\.rawValue).joined(separator: " ")
    }
}
