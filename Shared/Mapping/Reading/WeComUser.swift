import Messages

/// A person as WeCom shows one (`wecom.md` §3.6).
///
/// A field that is absent, `null`, or could not be taken, is `nil`; an empty text is an empty text.
package struct WeComUser: Equatable, Sendable {
    /// The keys of WeCom's user object, in the order in which it mostly sends them.
    package enum Key: String, CaseIterable, Sendable {
        case userid, name, department, order, position, mobile, gender, email
        case is_leader_in_dept, direct_leader, avatar, thumb_avatar, telephone, alias, extattr, status
        case qr_code, external_profile, external_position, address, open_userid, main_department, biz_mail
        case enable, isleader, hide_mobile, english_name
        /// Not of WeCom: whoever reads people adds it where rules ask for it (``DepartmentPath``).
        case departmentPath
    }

    /// Which fields of a user object are read: those that no rule asks for make most of its bytes.
    package struct Selection: Equatable, Sendable {
        /// What every record is made of, whatever the rules.
        private static let always: Set<Key> = [
            .userid, .open_userid, .department, .order, .is_leader_in_dept, .direct_leader, .main_department, .status,
            .enable,
        ]

        private var positions: UInt32 = 0
        /// The extended attributes that are asked for, by their names.
        let attributes: [String]

        /// - Parameters:
        ///   - keys: The fields that are asked for.
        ///   - attributes: The extended attributes that are asked for, by their names.
        package init(_ keys: some Sequence<Key>, attributes: [String] = []) {
            let keys = Self.always.union(keys).union(attributes.isEmpty ? [] : [.extattr])
            for (position, key) in Key.allCases.enumerated() where keys.contains(key) {
                positions |= 1 << UInt32(position)
            }
            self.attributes = attributes
        }

        /// - Parameter position: In ``Key``'s order.
        func contains(_ position: Int) -> Bool { positions >> UInt32(position) & 1 == 1 }

        /// Whether it is asked where departments stand.
        var asksForDepartmentPath: Bool { contains(Self.departmentPath) }

        private static let departmentPath = Key.allCases.count - 1
    }

    /// A field that the enterprise added in WeCom (`extattr.attrs[]`).
    struct ExtendedAttribute: Equatable, Sendable {
        var name: String
        /// The text, or the address of a web attribute; `nil` when it could not be taken.
        var value: String?
    }

    var userID: String?
    var name: String?
    var position: String?
    var mobile: String?
    var gender: String?
    var email: String?
    var avatar: String?
    var thumbAvatar: String?
    var telephone: String?
    var alias: String?
    var qrCode: String?
    var externalPosition: String?
    var address: String?
    var openUserID: String?
    var businessMail: String?
    var englishName: String?
    var status: Int64?
    var mainDepartment: Int64?
    var enable: Int64?
    var isLeader: Int64?
    var hidesMobile: Int64?
    /// Whether `departments` was there and could be taken.
    var hasDepartments = false
    /// `nil` keeps the place of one that could not be read.
    var departments: [Int64?] = []
    /// As long as `departments`, mostly.
    var orders: [Int64?] = []
    /// As long as `departments`, mostly; 1 for a leader.
    var leaderships: [Int64?] = []
    /// Whether `directLeaders` was there and could be taken.
    var hasDirectLeaders = false
    var directLeaders: [String] = []
    /// Whether there was a list of extended attributes.
    var hasExtendedAttributes = false
    /// Whether there was one among them whose name could not be read.
    var hasNamelessAttribute = false
    /// Whether it is known where the department that counts stands, or that nobody tells.
    var isDepartmentPathKnown = false
    /// From the topmost; nil where nobody tells.
    var departmentPath: [String]?
    /// Those that were asked for.
    var extendedAttributes: [ExtendedAttribute] = []
    package var problems: [UntakenField] = []

    package init() {}

    /// The value of a field as mapping rules see it: numbers as decimal digits, lists and objects not at all.
    package func text(of key: Key) -> String? {
        switch key {
        case .userid: userID
        case .name: name
        case .position: position
        case .mobile: mobile
        case .gender: gender
        case .email: email
        case .avatar: avatar
        case .thumb_avatar: thumbAvatar
        case .telephone: telephone
        case .alias: alias
        case .qr_code: qrCode
        case .external_position: externalPosition
        case .address: address
        case .open_userid: openUserID
        case .biz_mail: businessMail
        case .english_name: englishName
        case .status: status.map(String.init)
        case .main_department: mainDepartment.map(String.init)
        case .enable: enable.map(String.init)
        case .isleader: isLeader.map(String.init)
        case .hide_mobile: hidesMobile.map(String.init)
        case .department, .order, .is_leader_in_dept, .direct_leader, .extattr, .external_profile, .departmentPath: nil
        }
    }

    /// The value of an extended attribute: the list is whole, so that who is not in it has none.
    ///
    /// `nil` when there is no list, or it cannot be told what it says of the attribute.
    func text(ofAttribute name: String) -> String? {
        guard hasExtendedAttributes else { return nil }
        for attribute in extendedAttributes where attribute.name == name { return attribute.value }
        return hasNamelessAttribute ? nil : ""
    }

    /// What `status` says, if that is known.
    var knownStatus: UserRecord.Status? { status.flatMap { Int(exactly: $0) }.flatMap(UserRecord.Status.init) }
}
