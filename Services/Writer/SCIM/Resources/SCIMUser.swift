import Messages
import Runtime

/// What a person's resource names beside the person.
struct SCIMSurroundings: Sendable {
    let identityProvider: IdentityProviderID
    /// The URL that all of SCIM is below.
    let base: String
    /// The names of departments that are there.
    var departments: [Int64: String] = [:]
    /// People by WeCom's user ids in lower case and as they are.
    var people: [String: SCIMReference] = [:]

    func person(_ userID: String) -> SCIMReference? { people[userID] ?? people[userID.lowercased()] }

    func department(_ number: Int64) -> SCIMReference? {
        departments[number].map {
            let id = SCIMGroupID(number, of: identityProvider)
            return SCIMReference(kind: .groups, id: id.description, display: $0)
        }
    }
}

extension SCIMResource {
    /// A person. Who is removed belongs to no department any more.
    init(_ user: DirectoryUser, in surroundings: SCIMSurroundings) throws {
        let base = surroundings.base
        var schemas = [SCIMSchema.user]
        var members: [String: JSON] = ["active": .boolean(user.enabled)]
        members.set("externalId", user.externalID)
        members.set("userName", user.username?.isEmpty == false ? user.username : user.externalID)
        members.set("displayName", user.displayName)
        if let name = user.displayName, !name.isEmpty { members["name"] = .object(["formatted": .string(name)]) }
        members.set("nickName", user.alias)
        members.set("title", user.title)
        members.set("locale", user.locale)
        members.set("emails", Self.values([(user.email, "work")], ["primary": .boolean(true)]))
        members.set("phoneNumbers", Self.values([(user.mobile, "mobile"), (user.telephone, "work")]))
        members.set("photos", Self.values([(user.avatar, "photo")]))
        members.set("addresses", Self.values([(user.address, "work")], as: "formatted"))
        if user.state == .active {
            let groups = user.departments.compactMap { surroundings.department($0.id) }
            members.set("groups", groups.map { $0.json(at: base, ["type": .string("direct")]) })
        }
        members.set(extension: SCIMSchema.enterprise, Self.enterprise(user, surroundings), in: &schemas)
        members.set(extension: SCIMSchema.person, Self.person(user, surroundings), in: &schemas)
        let fields = user.attributes.filter { !$0.value.isEmpty }.mapValues { JSON.string($0) }
        members.set(extension: SCIMSchema.extendedFields, fields, in: &schemas)
        members["schemas"] = .array(schemas.map { .string($0) })
        try self.init(
            .users,
            id: user.id.description,
            at: base,
            created: user.createdAt,
            changed: user.updatedAt,
            members
        )
    }

    private static func values(
        _ all: [(value: String?, type: String)],
        as name: String = "value",
        _ further: [String: JSON] = [:]
    ) -> [JSON] {
        all.compactMap { value, type in
            guard let value, !value.isEmpty else { return nil }
            return .object(further.merging([name: .string(value), "type": .string(type)]) { $1 })
        }
    }

    private static func enterprise(_ user: DirectoryUser, _ surroundings: SCIMSurroundings) -> [String: JSON] {
        var members: [String: JSON] = [:]
        members.set("employeeNumber", user.employeeNumber)
        let main = user.mainDepartment.flatMap { surroundings.departments[$0] }
        members.set("department", user.department?.isEmpty == false ? user.department : main)
        let manager = user.manager?.isEmpty == false ? user.manager : user.leaders.first
        members["manager"] = manager.flatMap { surroundings.person($0) }?
            .json(at: surroundings.base, displayName: "displayName")
        return members
    }

    private static func person(_ user: DirectoryUser, _ surroundings: SCIMSurroundings) -> [String: JSON] {
        var members: [String: JSON] = ["status": .integer(Int64(user.status))]
        members.set("identityProvider", surroundings.identityProvider.description)
        members.set("gender", user.gender)
        members["mainDepartment"] = user.mainDepartment.flatMap { surroundings.department($0) }?
            .json(at: surroundings.base)
        members.set("leaders", user.leaders.compactMap { surroundings.person($0)?.json(at: surroundings.base) })
        return members
    }
}
