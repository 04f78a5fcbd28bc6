/// A person as WeCom shows one (`wecom.md` §3.6).
///
/// A field that is absent, or `null`, is `nil`; an empty text is an empty text.
package struct WeComUser: Equatable, Sendable {
    /// The keys of WeCom's user object, in the order in which it mostly sends them.
    package enum Key: String, CaseIterable, Sendable {
        case userid, name, department, order, position, mobile, gender, email
        case is_leader_in_dept, direct_leader, avatar, thumb_avatar, telephone, alias, extattr, status
        case qr_code, external_profile, external_position, address, open_userid, main_department, biz_mail
        case enable, isleader, hide_mobile, english_name

        /// Whether the value is a text.
        var isText: Bool {
            switch self {
            case .department, .order, .is_leader_in_dept, .direct_leader, .extattr, .external_profile, .status,
                .main_department, .enable, .isleader, .hide_mobile:
                false
            default: true
            }
        }
    }

    /// Which texts of a user object are read: those that no rule asks for make most of its bytes. All that is no
    /// text is always read.
    package struct Selection: Equatable, Sendable {
        private var positions: UInt32 = 0

        /// - Parameter keys: The texts that are asked for.
        package init(_ keys: some Sequence<Key>) {
            let keys = Set(keys).union([.userid])
            for (position, key) in Key.allCases.enumerated() where !key.isText || keys.contains(key) {
                positions |= 1 << UInt32(position)
            }
        }

        /// - Parameter position: In ``Key``'s order.
        func contains(_ position: Int) -> Bool { positions >> UInt32(position) & 1 == 1 }
    }

    /// A field that the enterprise added in WeCom (`extattr.attrs[]`).
    struct ExtendedAttribute: Equatable, Sendable {
        var name: String
        /// The text, or the address of a web attribute.
        var value: String?
    }

    /// Bytes of an id: 64 in one's own enterprise (`wecom.md` §3.6), twice that with the corp before it
    /// among interconnected ones (§4.4).
    static let longestID = 129

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
    var departments: [Int64] = []
    /// As long as `departments`, mostly.
    var orders: [Int64] = []
    /// As long as `departments`, mostly; 1 for a leader.
    var leaderships: [Int64] = []
    var directLeaders: [String] = []
    var extendedAttributes: [ExtendedAttribute] = []

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
        case .department, .order, .is_leader_in_dept, .direct_leader, .extattr, .external_profile: nil
        }
    }

    /// The value of an extended attribute.
    func text(ofAttribute name: String) -> String? {
        for attribute in extendedAttributes where attribute.name == name { return attribute.value }
        return nil
    }
}
