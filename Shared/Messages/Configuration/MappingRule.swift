/// How one field of the directory is filled from a WeCom user.
public struct MappingRule: Codable, Equatable, Sendable {
    /// Where the value comes from.
    public enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
        /// A field of WeCom.
        case direct
        /// The same value for everybody.
        case constant
        /// A field of WeCom, or a fixed value where WeCom has none.
        case `default`
    }

    /// The field of the directory: one of ``DirectoryField`` or the key of an extended field.
    public var target: String
    /// Where the value comes from.
    public var kind: Kind
    /// The field of WeCom: a key of its user object, or `extattr.<name>`. For direct and default.
    public var source: String?
    /// The fixed value. For constant and default.
    public var value: String?

    /// - Parameters:
    ///   - target: The field of the directory.
    ///   - kind: Where the value comes from.
    ///   - source: The field of WeCom, for direct and default.
    ///   - value: The fixed value, for constant and default.
    public init(target: String, kind: Kind, source: String? = nil, value: String? = nil) {
        self.target = target
        self.kind = kind
        self.source = source
        self.value = value
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

/// The fields that every user of the directory has.
public enum DirectoryField: String, Codable, Sendable, CaseIterable {
    /// What the person is called by programs.
    case username
    /// What the person is called by people.
    case displayName
    /// The address for mail.
    case email
    /// The number of the mobile phone.
    case mobile
    /// The number on the desk.
    case telephone
    /// The position in the enterprise.
    case title
    /// Another name.
    case alias
}
