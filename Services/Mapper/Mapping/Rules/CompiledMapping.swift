package import Messages

/// The mapping rules of one revision of an identity provider, one slot a field.
package struct CompiledMapping: Equatable, Sendable {
    /// A field that the tenant added.
    struct Attribute: Equatable, Sendable {
        let key: String
        let rule: ValueRule
    }

    private var username = ValueRule()
    private var displayName = ValueRule()
    private var email = ValueRule()
    private var mobile = ValueRule()
    private var telephone = ValueRule()
    private var title = ValueRule()
    private var alias = ValueRule()
    private var attributes: [Attribute] = []
    /// What the rules ask for.
    private(set) var selection = WeComUser.Selection([])
    /// Tells this mapping from every other that maps otherwise.
    package private(set) var fingerprint = ContentDigest.zero

    /// - Parameters:
    ///   - rules: Of two for the same field the later one holds; one for a field that the directory
    ///     does not have is left out.
    ///   - extendedFields: The fields that the tenant added.
    package init(_ rules: [MappingRule], extendedFields: [ExtendedField] = []) {
        for rule in rules {
            if let field = DirectoryField(rawValue: rule.target) {
                set(field, ValueRule(rule))
            } else if extendedFields.contains(where: { $0.key == rule.target }) {
                attributes.removeAll { $0.key == rule.target }
                attributes.append(Attribute(key: rule.target, rule: ValueRule(rule)))
            }
        }
        selection = WeComUser.Selection((fields + attributes.map(\.rule)).compactMap(\.key))
        fingerprint = Self.fingerprint(of: fields, attributes)
    }

    private var fields: [ValueRule] { [username, displayName, email, mobile, telephone, title, alias] }

    private mutating func set(_ field: DirectoryField, _ rule: ValueRule) {
        switch field {
        case .username: username = rule
        case .displayName: displayName = rule
        case .email: email = rule
        case .mobile: mobile = rule
        case .telephone: telephone = rule
        case .title: title = rule
        case .alias: alias = rule
        }
    }

    /// Maps a person.
    ///
    /// - Parameter hasher: Lent for the record's digest, so that a page needs but one.
    func record(of user: WeComUser, digestedBy hasher: inout ContentHasher) throws(RecordRefusal) -> UserRecord {
        let externalID = try Self.userID(of: user)
        var record = UserRecord(externalID: externalID, contentHash: .zero)
        record.username = try value(username, for: user, .username)
        record.displayName = try value(displayName, for: user, .displayName)
        record.email = try value(email, for: user, .email)
        record.mobile = try value(mobile, for: user, .mobile)
        record.telephone = try value(telephone, for: user, .telephone)
        record.title = try value(title, for: user, .title)
        record.alias = try value(alias, for: user, .alias)
        record.status = try Self.status(of: user)
        record.mainDepartment = user.mainDepartment
        record.memberships = user.memberships
        // Nobody is no list, as a list with room in it would be copied for whoever comes next.
        record.leaders = user.directLeaders.isEmpty ? [] : user.directLeaders
        for leader in user.directLeaders { try RecordRefusal.check(leader, WeComUser.Key.direct_leader.rawValue) }
        for attribute in attributes {
            guard let text = attribute.rule.value(for: user) else { continue }
            try RecordRefusal.check(text, attribute.key)
            record.attributes[attribute.key] = text
        }
        record.contentHash = record.digest(&hasher)
        return record
    }

    @inline(__always)
    private func value(
        _ rule: ValueRule,
        for user: WeComUser,
        _ field: DirectoryField
    ) throws(RecordRefusal) -> String? {
        let text = rule.value(for: user)
        try RecordRefusal.check(text, field.rawValue)
        return text
    }

    private static func userID(of user: WeComUser) throws(RecordRefusal) -> String {
        guard let userID = user.userID, !userID.isEmpty else { throw RecordRefusal("the field userid is missing") }
        guard userID.utf8.count <= WeComUser.longestID else { throw RecordRefusal("the field userid is too long") }
        try RecordRefusal.check(userID, WeComUser.Key.userid.rawValue)
        return userID
    }

    private static func status(of user: WeComUser) throws(RecordRefusal) -> UserRecord.Status {
        guard let number = user.status else { return .active }
        guard let status = Int(exactly: number).flatMap(UserRecord.Status.init(rawValue:)) else {
            throw RecordRefusal("the field status has the value \(number), which is none that WeCom documents")
        }
        return status
    }
}

extension WeComUser {
    /// The departments with the person's place in each; a list that is too short leaves 0 and no leader.
    var memberships: [UserRecord.Membership] {
        var memberships: [UserRecord.Membership] = []
        memberships.reserveCapacity(departments.count)
        for (index, department) in departments.enumerated()
        where !memberships.contains(where: { $0.department == department }) {
            memberships.append(
                UserRecord.Membership(
                    department: department,
                    order: index < orders.count ? orders[index] : 0,
                    isLeader: index < leaderships.count && leaderships[index] == 1
                )
            )
        }
        return memberships
    }
}

extension DepartmentRecord {
    /// Maps a department. The topmost one's parent is 0 in WeCom, and none here.
    init(_ department: WeComDepartment) throws(RecordRefusal) {
        guard let id = department.id else { throw RecordRefusal("the field id is missing") }
        try RecordRefusal.check(department.name, WeComDepartment.Key.name.rawValue)
        try RecordRefusal.check(department.englishName, WeComDepartment.Key.name_en.rawValue)
        for leader in department.leaders {
            try RecordRefusal.check(leader, WeComDepartment.Key.department_leader.rawValue)
        }
        self.init(
            externalID: id,
            parentID: department.parentID == 0 ? nil : department.parentID,
            name: department.name,
            englishName: department.englishName,
            order: department.order ?? 0,
            leaders: department.leaders,
            contentHash: .zero
        )
        contentHash = digest()
    }
}
