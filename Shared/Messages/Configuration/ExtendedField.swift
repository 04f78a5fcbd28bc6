/// A field that a tenant adds to the directory's users.
public struct ExtendedField: Codable, Equatable, Sendable {
    /// What rules and programs call it: a lower-case letter, then letters, digits and `_`; at most 40.
    public var key: String
    /// What people call it.
    public var label: String

    /// - Parameters:
    ///   - key: What rules and programs call it.
    ///   - label: What people call it.
    public init(key: String, label: String) {
        self.key = key
        self.label = label
    }
}
