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
        let rules = fields + self.attributes.map(\.rule)
        selection = WeComUser.Selection(rules.compactMap(\.key), attributes: rules.compactMap(\.attribute))
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

    /// Maps a person. What could not be taken is `nil` in the record, which leaves the directory's as it is.
    ///
    /// - Parameter hasher: Lent for the record's digest, so that a page needs but one.
    func record(of user: WeComUser, digestedBy hasher: inout ContentHasher) throws(RecordRefusal) -> UserRecord {
        let externalID = try Self.userID(of: user)
        var record = UserRecord(externalID: externalID, status: Self.status(of: user), contentHash: .zero)
        record.openUserID = user.openUserID.flatMap { $0.isEmpty ? nil : $0 }
        record.username = username.value(for: user)
        record.displayName = displayName.value(for: user)
        record.email = email.value(for: user)
        record.mobile = mobile.value(for: user)
        record.telephone = telephone.value(for: user)
        record.title = title.value(for: user)
        record.alias = alias.value(for: user)
        record.mainDepartment = user.mainDepartment
        record.memberships = user.memberships
        record.leaders = user.leaders
        for attribute in attributes {
            if let text = attribute.rule.value(for: user) { record.attributes[attribute.key] = text }
        }
        record.contentHash = record.digest(&hasher)
        return record
    }

    private static func userID(of user: WeComUser) throws(RecordRefusal) -> String {
        guard let userID = user.userID, !userID.isEmpty else {
            let what = user.isUntaken(.userid) ? "of another type than an id's" : "missing"
            throw RecordRefusal("the field userid is \(what)")
        }
        switch TextLimits.problem(of: userID, longest: TextLimits.longestID) {
        case nil: return userID
        case .tooLong: throw RecordRefusal("the field userid is too long")
        default: throw RecordRefusal("the field userid holds a NUL character")
        }
    }

    /// `enable` shuts out whoever has not left, whatever `status` says.
    private static func status(of user: WeComUser) -> UserRecord.Status? {
        let status = user.knownStatus
        return user.enable == 0 && status != .left ? .disabled : status
    }
}

extension WeComUser {
    /// The departments with the person's place in each; a list that is too short leaves 0 and no leader.
    var memberships: [UserRecord.Membership]? {
        guard hasDepartments else { return nil }
        var memberships: [UserRecord.Membership] = []
        memberships.reserveCapacity(departments.count)
        for (index, department) in departments.enumerated() {
            guard let department, !memberships.contains(where: { $0.department == department }) else { continue }
            memberships.append(
                UserRecord.Membership(
                    department: department,
                    order: index < orders.count ? orders[index] ?? 0 : 0,
                    isLeader: index < leaderships.count && leaderships[index] == 1
                )
            )
        }
        return memberships
    }

    /// Nobody is no list, as a list with room in it would be copied for whoever comes next.
    var leaders: [String]? {
        guard hasDirectLeaders else { return nil }
        return directLeaders.isEmpty ? [] : directLeaders
    }
}

extension DepartmentRecord {
    /// Maps a department.
    init(_ department: WeComDepartment) throws(RecordRefusal) {
        guard let id = department.id else {
            let what = department.isUntaken(.id) ? "of another type than an id's" : "missing"
            throw RecordRefusal("the field id is \(what)")
        }
        self.init(
            externalID: id,
            parentID: department.parentID,
            name: department.name,
            englishName: department.englishName,
            order: department.order,
            leaders: department.leaders,
            contentHash: .zero
        )
        contentHash = digest()
    }
}
