/// A field that a tenant adds to the directory's users.
public struct ExtendedField: Codable, Equatable, Sendable {
    /// What its values are.
    public enum ValueType: String, Codable, CaseIterable, Equatable, Sendable {
        /// Anything.
        case text
        /// A whole number.
        case integer
        /// A number.
        case decimal
        /// Yes or no.
        case boolean
        /// A day.
        case date
        /// One of the options.
        case choice
        /// Several texts.
        case textList
    }

    /// What rules and programs call it: a lower-case letter, then letters, digits and `_`; at most 40.
    public var key: String
    /// What people call it, by language (BCP 47).
    public var titles: [String: String]
    /// What its values are.
    public var type: ValueType
    /// What a choice is among; empty for other types.
    public var options: [String]
    /// Whether a person should have a value.
    public var isRequired: Bool
    /// Whether it is shown where people are shown.
    public var isVisible: Bool

    /// - Parameters:
    ///   - key: What rules and programs call it.
    ///   - titles: What people call it, by language.
    ///   - type: What its values are.
    ///   - options: What a choice is among.
    ///   - isRequired: Whether a person should have a value.
    ///   - isVisible: Whether it is shown where people are shown.
    public init(
        key: String,
        titles: [String: String],
        type: ValueType = .text,
        options: [String] = [],
        isRequired: Bool = false,
        isVisible: Bool = true
    ) {
        self.key = key
        self.titles = titles
        self.type = type
        self.options = options
        self.isRequired = isRequired
        self.isVisible = isVisible
    }

    /// Whether both take the same values from a mapping: titles, visibility and whether a person should have a value
    /// are for people alone.
    public func takesSameValues(as other: ExtendedField) -> Bool {
        key == other.key && type == other.type && options == other.options
    }
}
