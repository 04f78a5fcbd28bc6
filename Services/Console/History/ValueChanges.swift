import Runtime

/// Tells what was changed in words: values by what people call them, before and after.
struct ValueChanges: Sendable {
    /// The members of people and departments, in the order in which pages show them; others follow.
    private static let order = [
        "removedAt", "status", "name", "englishName", "parentID", "displayName", "username", "email", "mobile",
        "telephone", "title", "alias", "gender", "employeeNumber", "avatar", "address", "manager", "department",
        "locale", "mainDepartment", "departments", "leaders", "attributes", "externalID", "openUserID", "id", "order",
    ]
    /// What the kind of the change says, or its reason.
    private static let untold: Set<String> = ["removedBecause"]

    private let fields: [ExtendedField]
    private let departments: DepartmentNames
    private let language: Language
    private let texts: Texts

    init(_ provider: IdentityProvider?, _ departments: DepartmentNames, _ visit: Visit) {
        self.init(provider?.extendedFields ?? [], departments, visit.language, visit.texts)
    }

    init(_ fields: [ExtendedField], _ departments: DepartmentNames, _ language: Language, _ texts: Texts) {
        self.fields = fields
        self.departments = departments
        (self.language, self.texts) = (language, texts)
    }

    /// What was changed, member by member; nothing where the whole object came.
    func told(_ before: [String: JSON]?, _ after: [String: JSON]?) -> [ValueChange] {
        let (before, after) = (before ?? [:], after ?? [:])
        let names = Set(before.keys).union(after.keys).subtracting(Self.untold)
        let ranks = Dictionary(uniqueKeysWithValues: Self.order.enumerated().map { ($1, $0) })
        let sorted = names.sorted { (ranks[$0] ?? .max, $0) < (ranks[$1] ?? .max, $1) }
        return sorted.flatMap { change(of: $0, before[$0] ?? .null, after[$0] ?? .null) }
            .filter { !$0.before.isEmpty || !$0.after.isEmpty }
    }

    private func change(of name: String, _ before: JSON, _ after: JSON) -> [ValueChange] {
        guard name != "attributes" else { return attributes(before, after) }
        var lines = (lines(before, of: name), lines(after, of: name))
        if name == "departments", lines.0 == lines.1 {
            // Only the order is another one.
            lines = (memberships(before, withOrder: true), memberships(after, withOrder: true))
        }
        return [ValueChange(label: texts.find("directory.\(name)") ?? name, before: lines.0, after: lines.1)]
    }

    private func attributes(_ before: JSON, _ after: JSON) -> [ValueChange] {
        let (before, after) = (before.members, after.members)
        return Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }.map { key in
            let title = fields.first { $0.key == key }?.title(in: language)
            return ValueChange(
                label: title ?? key,
                before: before[key]?.lines.filter { !$0.isEmpty } ?? [],
                after: after[key]?.lines.filter { !$0.isEmpty } ?? []
            )
        }
    }

    private func lines(_ value: JSON, of name: String) -> [String] {
        switch (name, value) {
        case ("removedAt", _): [texts[value == .null ? "people.state_active" : "people.state_removed"]]
        case ("mainDepartment", .integer(let id)), ("parentID", .integer(let id)): [departments[Int(id)]]
        case ("departments", _): memberships(value, withOrder: false)
        case (_, .string(let text)): text.isEmpty ? [] : [texts.value(text, of: name)]
        case (_, .integer(let number)): [texts.value("\(number)", of: name)]
        default: value.lines
        }
    }

    private func memberships(_ value: JSON, withOrder: Bool) -> [String] {
        guard case .array(let all) = value else { return [] }
        return all.compactMap { membership in
            guard case .integer(let id)? = membership.members["id"] else { return nil }
            var parts = [departments[Int(id)]]
            if membership.members["isLeader"] == .boolean(true) { parts.append(texts["people.leader"]) }
            if withOrder, case .integer(let order)? = membership.members["order"] {
                parts.append("\(texts["directory.order"]) \(order)")
            }
            return parts.joined(separator: " · ")
        }
    }
}

extension Texts {
    /// A value of the directory as people say it, where it is one of a few.
    func value(_ value: String, of name: String) -> String {
        guard ["status", "gender"].contains(name) else { return value }
        return find("directory.\(name)_\(value)") ?? value
    }
}

extension JSON {
    /// What an object holds; nothing for any other value.
    fileprivate var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
}
