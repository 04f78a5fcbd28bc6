/// A person or a department, by WeCom's name of it.
public struct DirectoryObject: Codable, Hashable, Comparable, Sendable {
    /// Of which kind an object is.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// A department; named by its number in decimal digits.
        case department
        /// A person; named by the user id as WeCom spells it.
        case user
    }

    /// Of which kind it is.
    public var kind: Kind
    /// WeCom's name of it.
    public var externalID: String

    /// - Parameters:
    ///   - kind: Of which kind it is.
    ///   - externalID: WeCom's name of it.
    public init(_ kind: Kind, _ externalID: String) {
        self.kind = kind
        self.externalID = externalID
    }

    /// A person.
    public static func user(_ id: String) -> DirectoryObject { DirectoryObject(.user, id) }

    /// A department.
    public static func department(_ id: Int64) -> DirectoryObject { DirectoryObject(.department, String(id)) }

    /// The department's number, if it is one.
    public var departmentID: Int64? { kind == .department ? Int64(externalID) : nil }

    /// Departments before people, each by its name.
    public static func < (one: DirectoryObject, other: DirectoryObject) -> Bool {
        (one.kind.rawValue, one.externalID) < (other.kind.rawValue, other.externalID)
    }
}
