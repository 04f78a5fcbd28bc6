import Expressions
package import Messages

/// The mapping rules of one revision of an identity provider, made ready.
package struct CompiledMapping: Equatable, Sendable {
    /// A rule for one of the fields that everybody has.
    struct Slot: Equatable, Sendable {
        let field: DirectoryField
        let rule: ValueRule
    }

    /// A rule for a field that the tenant added.
    struct Attribute: Equatable, Sendable {
        let key: String
        let rule: ValueRule
    }

    /// Rules that are applied in every run.
    private var slots: [Slot] = []
    private var attributes: [Attribute] = []
    /// Rules for new people: what they give is no part of a record's hash, and changes nothing later.
    private var initialSlots: [Slot] = []
    private var initialAttributes: [Attribute] = []
    private var status: ValueRule?
    private var filter: BoundExpression?
    /// What the rules ask for.
    private(set) var selection = WeComUser.Selection([])
    /// Which fields the rules fill.
    package let fields: MappedFields
    /// What a record's hash is made of besides the record.
    private let ground: HashGround
    /// Whether every expression can be read by this code.
    package private(set) var isReadable = true
    /// Tells this mapping from every other that maps otherwise.
    package private(set) var fingerprint = ContentDigest.zero

    /// - Parameters:
    ///   - rules: Of two for the same field the later one holds; one for a field that the directory
    ///     does not have is left out.
    ///   - filter: An expression that leaves out whom it is true of.
    ///   - extendedFields: The fields that the tenant added.
    package init(_ rules: [MappingRule], filter: String? = nil, extendedFields: [ExtendedField] = []) {
        let types = Dictionary(extendedFields.map { ($0.key, FieldType($0)) }) { first, _ in first }
        let rules = Self.valid(rules, types)
        fields = MappedFields(
            always: rules.filter { $0.when == .always }.map(\.target),
            onCreate: rules.filter { $0.when == .onCreate }.map(\.target)
        )
        ground = HashGround(fields)
        for rule in rules {
            guard let field = DirectoryField(rawValue: rule.target) else {
                let attribute = Attribute(key: rule.target, rule: ValueRule(rule, types[rule.target] ?? .text))
                rule.when == .always ? attributes.append(attribute) : initialAttributes.append(attribute)
                continue
            }
            if field == .status {
                status = ValueRule(rule, .status)
            } else if rule.when == .always {
                slots.append(Slot(field: field, rule: ValueRule(rule)))
            } else {
                initialSlots.append(Slot(field: field, rule: ValueRule(rule)))
            }
        }
        self.filter = filter.flatMap { BoundExpression($0, giving: .boolean) }
        let sources = (self.rules.map(\.source) + [self.filter.map(ValueSource.expression)]).compactMap(\.self)
        selection = WeComUser.Selection(
            sources.flatMap(\.keys),
            attributes: Array(Set(sources.flatMap(\.attributes))).sorted()
        )
        isReadable =
            (filter == nil || self.filter != nil)
            && rules.allSatisfy { $0.kind != .expression || ValueRule($0).source != nil }
        fingerprint = Self.fingerprint(of: rules, types, filter)
    }

    /// The mapping of an identity provider.
    package init(_ configuration: IdentityProviderConfiguration) {
        self.init(
            configuration.mapping,
            filter: configuration.filter,
            extendedFields: configuration.extendedFields
        )
    }

    /// Whether records have to tell where departments stand (``DepartmentPath``).
    package var asksForDepartmentPaths: Bool { selection.asksForDepartmentPath }

    /// Whether the directory can hold a fixed value in a rule's field.
    package static func takes(_ value: String, for rule: MappingRule, among extended: [ExtendedField]) -> Bool {
        let own = extended.first { $0.key == rule.target }.map(FieldType.init)
        let type = rule.target == DirectoryField.status.rawValue ? .status : own ?? .text
        return (try? type.taken(.text(value)).get()) != nil
    }

    private var rules: [ValueRule] {
        slots.map(\.rule) + initialSlots.map(\.rule) + attributes.map(\.rule) + initialAttributes.map(\.rule)
            + (status.map { [$0] } ?? [])
    }

    /// The last rule of each field that the directory has, in the order of fields.
    private static func valid(_ rules: [MappingRule], _ types: [String: FieldType]) -> [MappingRule] {
        let byTarget = Dictionary(rules.map { ($0.target, $0) }) { $1 }
        let targets = DirectoryField.allCases.map(\.rawValue) + types.keys.sorted()
        return targets.compactMap { byTarget[$0] }.map { rule in
            var rule = rule
            // Who may log on is a matter of every run.
            if rule.target == DirectoryField.status.rawValue { rule.when = .always }
            return rule
        }
    }

    /// Maps a person. What could not be taken is `nil` in the record, which leaves the directory's as it is, and noted.
    ///
    /// - Parameter hasher: Lent for the record's digest, so that a page needs but one.
    /// - Returns: Nil where the filter leaves the person out.
    func record(
        of user: inout WeComUser,
        digestedBy hasher: inout ContentHasher
    ) throws(RecordRefusal) -> UserRecord? {
        let externalID = try Self.userID(of: user)
        if let filter, Self.leavesOut(user, filter) { return nil }
        var record = UserRecord(externalID: externalID, status: try status(of: &user), contentHash: .zero)
        record.openUserID = user.openUserID.flatMap { $0.isEmpty ? nil : $0 }
        for slot in slots { record[slot.field] = try slot.rule.value(for: &user) }
        record.mainDepartment = user.mainDepartment
        record.memberships = user.memberships
        record.leaders = user.leaders
        for attribute in attributes {
            if let text = try attribute.rule.value(for: &user) { record.attributes[attribute.key] = text }
        }
        record.contentHash = record.digest(&hasher, on: ground)
        for slot in initialSlots { record[slot.field] = try slot.rule.value(for: &user) }
        for attribute in initialAttributes {
            if let text = try attribute.rule.value(for: &user) { record.attributes[attribute.key] = text }
        }
        return record
    }

    /// Whether the filter is true of a person; of whom it cannot be told, it is not.
    private static func leavesOut(_ user: WeComUser, _ filter: BoundExpression) -> Bool {
        guard !ValueSource.expression(filter).isUntaken(of: user) else { return false }
        return (try? filter.value(for: user)) == .boolean(true)
    }

    /// What WeCom says of the account; a rule shuts out whom WeCom lets in, and lets nobody in.
    private func status(of user: inout WeComUser) throws(RecordRefusal) -> UserRecord.Status? {
        let told = Self.status(of: user)
        guard let status, told?.isEnabled ?? true, let text = try status.value(for: &user),
            let ruled = Int(text).flatMap(UserRecord.Status.init), !ruled.isEnabled
        else { return told }
        return ruled
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
