import FoundationEssentials
import Messages
import Postgres

/// Reads resources of one identity provider, and what they name.
struct SCIMReading {
    typealias Found = (place: SCIMCursor.Place, resource: SCIMResource)

    let identityProvider: IdentityProviderID
    let base: String

    /// Those that meet the condition, by their ids.
    ///
    /// - Parameter withMembers: Whether it is said who is in departments.
    /// - Throws: ``PostgresError``.
    func resources(
        _ kind: SCIMResourceKind,
        _ condition: SQL?,
        limit: Int,
        skipping skipped: Int = 0,
        withMembers: Bool = true,
        on connection: isolated Connection
    ) throws -> [Found] {
        let condition: SQL = condition.map { "and \($0)" } ?? ""
        let page: SQL = "limit \(limit) offset \(skipped)"
        switch kind {
        case .users:
            return try users(
                "where u.idp_id = \(identityProvider.uuid) \(condition) order by u.id \(page)",
                on: connection
            )
        case .groups:
            return try groups(
                """
                where d.idp_id = \(identityProvider.uuid) and d.removed_at is null \(condition)
                order by d.external_id \(page)
                """,
                withMembers: withMembers,
                on: connection
            )
        }
    }

    private func users(_ condition: SQL, on connection: isolated Connection) throws -> [Found] {
        let users = try connection.run(DirectoryUser.query(condition)).map { try DirectoryUser.read($0).user }
        let surroundings = try surroundings(
            departments: users.flatMap { $0.departments.map(\.id) + [$0.mainDepartment].compactMap(\.self) },
            people: users.flatMap { [$0.manager].compactMap(\.self) + $0.leaders },
            on: connection
        )
        return try users.map { (.user($0.id), try SCIMResource($0, in: surroundings)) }
    }

    private func groups(_ condition: SQL, withMembers: Bool, on connection: isolated Connection) throws -> [Found] {
        let departments = try connection.run(SCIMDepartment.query(condition)).map { try SCIMDepartment($0) }
        let surroundings = try surroundings(
            departments: departments.compactMap(\.parent),
            people: departments.flatMap(\.leaders),
            on: connection
        )
        let members = withMembers ? try members(of: departments.map(\.number), on: connection) : nil
        return try departments.map { department in
            let people = members.map { $0[department.number] ?? [] }
            return (.department(department.number), try SCIMResource(department, people, in: surroundings))
        }
    }

    private func surroundings(
        departments: [Int64],
        people: [String],
        on connection: isolated Connection
    ) throws -> SCIMSurroundings {
        var surroundings = SCIMSurroundings(identityProvider: identityProvider, base: base)
        if !departments.isEmpty {
            let rows = try connection.run(
                """
                select d.external_id, coalesce(d.name, '') from directory.departments d
                where d.idp_id = \(identityProvider.uuid) and d.removed_at is null
                    and d.external_id = any(\(Array(Set(departments)))::bigint[])
                """
            )
            for row in rows {
                let (number, name) = try row.decode(Int64.self, String.self)
                surroundings.departments[number] = name
            }
        }
        let keys = Set(people.flatMap { [$0, $0.lowercased()] })
        if !keys.isEmpty {
            let rows = try connection.run(
                """
                select u.directory_key, u.id, coalesce(nullif(u.display_name, ''), u.external_id) from directory.users u
                where u.idp_id = \(identityProvider.uuid) and u.directory_key = any(\(Array(keys))::text[])
                """
            )
            for row in rows {
                let (key, id, name) = try row.decode(String.self, UUID.self, String.self)
                surroundings.people[key] = Self.person(id, name)
            }
        }
        return surroundings
    }

    /// Who is in departments directly, by department, in the order of their ids.
    private func members(
        of departments: [Int64],
        on connection: isolated Connection
    ) throws -> [Int64: [SCIMReference]] {
        guard !departments.isEmpty else { return [:] }
        let rows = try connection.run(
            """
            select m.department_id, u.id, coalesce(nullif(u.display_name, ''), u.external_id)
            from directory.memberships m
            join directory.users u on u.idp_id = m.idp_id and u.directory_key = m.directory_key
            where m.idp_id = \(identityProvider.uuid) and m.department_id = any(\(departments)::bigint[])
                and u.removed_at is null
            order by m.department_id, u.id
            """
        )
        return try rows.reduce(into: [:]) { members, row in
            let (department, id, name) = try row.decode(Int64.self, UUID.self, String.self)
            members[department, default: []].append(Self.person(id, name))
        }
    }

    private static func person(_ id: UUID, _ name: String) -> SCIMReference {
        SCIMReference(kind: .users, id: UserID(id).description, display: name)
    }
}
