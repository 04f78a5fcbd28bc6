import Messages
import Postgres
import Runtime

/// A department, as SCIM needs it.
struct SCIMDepartment: Sendable {
    let number: Int64
    let name: String?
    let englishName: String?
    let parent: Int64?
    let order: Int64
    let leaders: [String]
    let created: Timestamp
    let changed: Timestamp

    /// The query whose rows ``init(_:)`` reads.
    static func query(_ condition: SQL) -> SQL {
        """
        select d.external_id, d.name, d.english_name, d.parent_id, d.sort_order, coalesce(d.leaders, '{}'),
            (extract(epoch from d.created_at) * 1000)::bigint, (extract(epoch from d.updated_at) * 1000)::bigint
        from departments d \(condition)
        """
    }

    /// - Throws: ``PostgresError`` when the row is not of ``query(_:)``.
    init(_ row: Row) throws {
        let (created, changed): (Int64, Int64)
        (number, name, englishName, parent, order, leaders, created, changed) = try row.decode(
            Int64.self,
            String?.self,
            String?.self,
            Int64?.self,
            Int64.self,
            [String].self,
            Int64.self,
            Int64.self
        )
        self.created = Timestamp(millisecondsSince1970: created)
        self.changed = Timestamp(millisecondsSince1970: changed)
    }
}

extension SCIMResource {
    /// A department and who is in it directly.
    ///
    /// - Parameter people: nil where they are not asked for.
    init(_ department: SCIMDepartment, _ people: [SCIMReference]?, in surroundings: SCIMSurroundings) throws {
        let base = surroundings.base
        var schemas = [SCIMSchema.group]
        var members: [String: JSON] = ["externalId": .string("\(department.number)")]
        let name = department.name ?? ""
        members.set("displayName", name.isEmpty ? "\(department.number)" : name)
        members.set("members", (people ?? []).map { $0.json(at: base, ["type": .string("User")]) })
        var further: [String: JSON] = ["order": .integer(department.order)]
        further.set("identityProvider", surroundings.identityProvider.description)
        further.set("englishName", department.englishName)
        further["parent"] = department.parent.flatMap { surroundings.department($0) }?.json(at: base)
        further.set("leaders", department.leaders.compactMap { surroundings.person($0)?.json(at: base) })
        members.set(extension: SCIMSchema.department, further, in: &schemas)
        members["schemas"] = .array(schemas.map { .string($0) })
        try self.init(
            .groups,
            id: SCIMGroupID(department.number, of: surroundings.identityProvider).description,
            at: base,
            created: department.created,
            changed: department.changed,
            isWhole: people != nil,
            members
        )
    }
}
