/// How one field of the directory is filled from a WeCom user.
public struct MappingRule: Equatable, Sendable {
    /// Where the value comes from.
    public enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
        /// A field of WeCom.
        case direct
        /// The same value for everybody.
        case constant
        /// What an expression makes of WeCom's fields.
        case expression
    }

    /// When the value is applied.
    public enum When: String, Codable, Equatable, Sendable, CaseIterable {
        /// In every run.
        case always
        /// To new people only: afterwards the field is left alone.
        case onCreate
    }

    /// What becomes of a field for which WeCom has no value.
    public enum Missing: String, Codable, Equatable, Sendable, CaseIterable {
        /// It stays as it is where WeCom does not tell; what WeCom tells to be empty is cleared.
        case keep
        /// It is cleared.
        case clear
        /// It gets the rule's value.
        case `default`
        /// The person's record is not taken.
        case reject
    }

    /// The field of the directory: one of ``DirectoryField`` or the key of an extended field.
    public var target: String
    /// Where the value comes from.
    public var kind: Kind
    /// The field of WeCom: a key of its user object, or `extattr.<name>`. For direct.
    public var source: String?
    /// The expression. For expression.
    public var expression: String?
    /// The fixed value. For constant, and with a missing value's default.
    public var value: String?
    /// When it is applied.
    public var when: When
    /// What is done where WeCom has no value.
    public var missing: Missing

    /// - Parameters:
    ///   - target: The field of the directory.
    ///   - kind: Where the value comes from.
    ///   - source: The field of WeCom, for direct.
    ///   - expression: The expression, for expression.
    ///   - value: The fixed value, for constant and default.
    ///   - when: When it is applied.
    ///   - missing: What is done where WeCom has no value.
    public init(
        target: String,
        kind: Kind,
        source: String? = nil,
        expression: String? = nil,
        value: String? = nil,
        when: When = .always,
        missing: Missing = .keep
    ) {
        self.target = target
        self.kind = kind
        self.source = source
        self.expression = expression
        self.value = value
        self.when = when
        self.missing = missing
    }

    /// What a new identity provider starts with.
    public static let defaults: [MappingRule] = [
        MappingRule(target: DirectoryField.username.rawValue, kind: .direct, source: "userid"),
        MappingRule(target: DirectoryField.displayName.rawValue, kind: .direct, source: "name"),
        MappingRule(target: DirectoryField.email.rawValue, kind: .direct, source: "email"),
        MappingRule(target: DirectoryField.mobile.rawValue, kind: .direct, source: "mobile"),
        MappingRule(target: DirectoryField.telephone.rawValue, kind: .direct, source: "telephone"),
        MappingRule(target: DirectoryField.title.rawValue, kind: .direct, source: "position"),
        MappingRule(target: DirectoryField.alias.rawValue, kind: .direct, source: "alias"),
    ]
}

extension MappingRule: Codable {
    private enum CodingKeys: CodingKey {
        case target, kind, source, expression, value, when, missing
    }

    /// What a rule does not say is what most rules say.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            target: try container.decode(String.self, forKey: .target),
            kind: try container.decode(Kind.self, forKey: .kind),
            source: try container.decodeIfPresent(String.self, forKey: .source),
            expression: try container.decodeIfPresent(String.self, forKey: .expression),
            value: try container.decodeIfPresent(String.self, forKey: .value),
            when: try container.decodeIfPresent(When.self, forKey: .when) ?? .always,
            missing: try container.decodeIfPresent(Missing.self, forKey: .missing) ?? .keep
        )
    }
}
