/// What changed in the directory of one identity provider. Written by the writer in the transaction that
/// changed it, read by the verifier and by whoever wants a feed. Topic `directory.changes.v1`.
public struct DirectoryChanges: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("directory-changes")

    /// What happened to an object.
    public enum Kind: String, Codable, Equatable, Sendable, CaseIterable {
        /// New in the directory.
        case created
        /// Other than before.
        case updated
        /// Gone from WeCom, or switched off there.
        case disabled
        /// Back.
        case restored
        /// Deleted, the grace period being over.
        case deleted
    }

    /// A person, as the directory has it now.
    public struct UserChange: Codable, Equatable, Sendable {
        /// What happened.
        public var kind: Kind
        /// Who.
        public var id: UserID
        /// WeCom's user id.
        public var externalID: String
        /// What programs call the person.
        public var username: String?
        /// What people call the person.
        public var displayName: String?
        /// The address for mail.
        public var email: String?
        /// Whether the person may log on.
        public var isEnabled: Bool
        /// WeCom's numbers of the departments.
        public var departments: [Int64]
        /// The telephone number, as WeCom or a rule has it; told only where the identity provider's settings say so, and of
        /// nobody who may not log on.
        public var phoneNumber: String?
        /// Where the person works, in the same way.
        public var address: String?

        /// All of it at once.
        public init(
            kind: Kind,
            id: UserID,
            externalID: String,
            username: String?,
            displayName: String?,
            email: String?,
            isEnabled: Bool,
            departments: [Int64],
            phoneNumber: String? = nil,
            address: String? = nil
        ) {
            self.kind = kind
            self.id = id
            self.externalID = externalID
            self.username = username
            self.displayName = displayName
            self.email = email
            self.isEnabled = isEnabled
            self.departments = departments
            self.phoneNumber = phoneNumber
            self.address = address
        }
    }

    /// A department, as the directory has it now.
    public struct DepartmentChange: Codable, Equatable, Sendable {
        /// What happened.
        public var kind: Kind
        /// WeCom's number of it.
        public var externalID: Int64
        /// The department above it.
        public var parentID: Int64?
        /// What it is called.
        public var name: String?

        /// All of it at once.
        public init(kind: Kind, externalID: Int64, parentID: Int64?, name: String?) {
            self.kind = kind
            self.externalID = externalID
            self.parentID = parentID
            self.name = name
        }
    }

    /// Which life of the directory tells this: in another one, numbers begin anew with a whole republication.
    public var incarnation: Incarnation
    /// Which part of a whole republication this is, if it is one.
    public var snapshot: DirectorySnapshot?
    /// Which corp the people are of.
    public var generation: Generation
    /// How the people's user ids are compared.
    public var userIDCase: UserIDCase
    /// Number of this batch within the envelope's epoch, from 1: within an incarnation (epoch, sequence) only grows, and
    /// within an epoch without a gap, so that a reader can tell what it has applied and what it has missed.
    public var sequence: Int64
    /// The people.
    public var users: [UserChange]
    /// The departments.
    public var departments: [DepartmentChange]

    /// All of it at once.
    public init(
        incarnation: Incarnation,
        snapshot: DirectorySnapshot? = nil,
        generation: Generation = .first,
        userIDCase: UserIDCase = .insensitive,
        sequence: Int64,
        users: [UserChange] = [],
        departments: [DepartmentChange] = []
    ) {
        self.incarnation = incarnation
        self.snapshot = snapshot
        self.generation = generation
        self.userIDCase = userIDCase
        self.sequence = sequence
        self.users = users
        self.departments = departments
    }
}
