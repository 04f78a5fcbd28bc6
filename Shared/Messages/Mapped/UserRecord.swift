/// A person, mapped.
///
/// A field that is `nil` was absent in WeCom's answer, and leaves the directory as it is; an empty text
/// or list clears it (`wecom.md` §3.6, "Absent ≠ empty").
public struct UserRecord: Codable, Equatable, Sendable {
    /// What WeCom says of the person's account (`wecom.md` §3.6, `status`).
    public enum Status: Int, Codable, Equatable, Sendable, CaseIterable {
        /// In use.
        case active = 1
        /// Switched off in WeCom.
        case disabled = 2
        /// Not used yet; may log on all the same (`wecom.md` §8 #13).
        case notActivated = 4
        /// Left the enterprise.
        case left = 5

        /// Whether the person may log on.
        public var isEnabled: Bool { self == .active || self == .notActivated }
    }

    /// A department that the person belongs to.
    public struct Membership: Codable, Equatable, Sendable {
        /// WeCom's number of the department.
        public var department: Int64
        /// The person's place in it; larger comes first.
        public var order: Int64
        /// Whether the person leads it.
        public var isLeader: Bool

        /// - Parameters:
        ///   - department: WeCom's number of the department.
        ///   - order: The person's place in it.
        ///   - isLeader: Whether the person leads it.
        public init(department: Int64, order: Int64 = 0, isLeader: Bool = false) {
            self.department = department
            self.order = order
            self.isLeader = isLeader
        }
    }

    /// WeCom's user id, as it spells it.
    public var externalID: String
    /// What WeCom calls the person towards the apps of one provider, whatever the user id (`wecom.md` §3.6); absent where
    /// it does not say.
    public var openUserID: String?
    /// What programs call the person.
    public var username: String?
    /// What people call the person.
    public var displayName: String?
    /// The address for mail.
    public var email: String?
    /// The number of the mobile phone.
    public var mobile: String?
    /// The number on the desk.
    public var telephone: String?
    /// The position in the enterprise.
    public var title: String?
    /// Another name.
    public var alias: String?
    /// The gender, as WeCom or a rule tells it.
    public var gender: String?
    /// The number that the enterprise gave the person.
    public var employeeNumber: String?
    /// The address of the picture.
    public var avatar: String?
    /// Where the person works.
    public var address: String?
    /// WeCom user id of whom the person reports to.
    public var manager: String?
    /// What the department is called towards other programs; the departments themselves are `memberships`.
    public var department: String?
    /// The language, as BCP 47 writes it.
    public var locale: String?
    /// What WeCom says of the account; absent where it does not say, or says what is not known: a new person is active
    /// then.
    public var status: Status?
    /// The main department; 0 for none.
    public var mainDepartment: Int64?
    /// The departments.
    public var memberships: [Membership]?
    /// WeCom user ids of the direct leaders.
    public var leaders: [String]?
    /// The tenant's extended fields; an empty text clears one.
    public var attributes: [String: String]
    /// The digest of all the above.
    public var contentHash: ContentDigest

    /// All of it at once.
    public init(
        externalID: String,
        openUserID: String? = nil,
        username: String? = nil,
        displayName: String? = nil,
        email: String? = nil,
        mobile: String? = nil,
        telephone: String? = nil,
        title: String? = nil,
        alias: String? = nil,
        gender: String? = nil,
        employeeNumber: String? = nil,
        avatar: String? = nil,
        address: String? = nil,
        manager: String? = nil,
        department: String? = nil,
        locale: String? = nil,
        status: Status? = .active,
        mainDepartment: Int64? = nil,
        memberships: [Membership]? = [],
        leaders: [String]? = [],
        attributes: [String: String] = [:],
        contentHash: ContentDigest
    ) {
        self.externalID = externalID
        self.openUserID = openUserID
        self.username = username
        self.displayName = displayName
        self.email = email
        self.mobile = mobile
        self.telephone = telephone
        self.title = title
        self.alias = alias
        self.gender = gender
        self.employeeNumber = employeeNumber
        self.avatar = avatar
        self.address = address
        self.manager = manager
        self.department = department
        self.locale = locale
        self.status = status
        self.mainDepartment = mainDepartment
        self.memberships = memberships
        self.leaders = leaders
        self.attributes = attributes
        self.contentHash = contentHash
    }

    /// Whether a person of whom nothing is known yet may log on.
    public var isEnabledWhenNew: Bool { status?.isEnabled ?? true }

    /// By which number the person is reached: the mobile phone's, or else the desk's.
    public var phoneNumber: String? {
        if let mobile, !mobile.isEmpty { return mobile }
        return telephone.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where the person works, if that is known.
    public var postalAddress: String? { address.flatMap { $0.isEmpty ? nil : $0 } }
}
