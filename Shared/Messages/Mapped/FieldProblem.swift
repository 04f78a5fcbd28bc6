/// A field of a record that could not be taken, without its value: the object keeps what the directory has, and all its
/// good fields are applied (architecture.md §3.4).
public struct FieldProblem: Codable, Hashable, Sendable {
    /// What is the matter with a field.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// Another type than WeCom documents, whose meaning is not plain.
        case wrongType
        /// A value that is not known, such as a new status.
        case unknownValue
        /// Longer than the directory keeps.
        case tooLong
        /// A character that cannot be kept.
        case badCharacter
        /// Another copy of the same object in the same run says otherwise.
        case conflict
        /// A department that is its own parent, directly or by way of others: it is taken for a root.
        case cycle
        /// An element of a list that could not be taken; the others are.
        case badElement
    }

    /// Whose field.
    public var object: DirectoryObject
    /// WeCom's name of the field; `*` where it is the whole record.
    public var field: String
    /// What is the matter.
    public var kind: Kind

    /// - Parameters:
    ///   - object: Whose field.
    ///   - field: WeCom's name of the field.
    ///   - kind: What is the matter.
    public init(_ object: DirectoryObject, field: String, _ kind: Kind) {
        self.object = object
        self.field = field
        self.kind = kind
    }
}
