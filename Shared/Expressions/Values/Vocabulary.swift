/// The fields that an expression may name, and what they hold.
package struct Vocabulary: Equatable, Sendable {
    package let fields: [String: ValueType]

    package init(_ fields: [String: ValueType]) { self.fields = fields }
}

/// What an expression asks of a person.
package enum Reference: Hashable, Sendable {
    case field(String)
    /// One that the enterprise added in WeCom, by its name.
    case attribute(String)
    /// The name of the department that counts.
    case departmentName
    /// The names of the departments from the topmost to the one that counts.
    case departmentPath
}
