import FoundationEssentials
import Messages
import Postgres

/// Reads resources of one identity provider, and what they name.
struct SCIMReading {
    /// Some of those that meet a condition, from the first one on.
    struct Found {
        typealias One = (place: SCIMCursor.Place, resource: SCIMResource)

        var all: [One] = []
        var hasMore = false
        /// How many people are named as members of them.
        var members = 0
    }

    /// Whether it is said who is in departments.
    enum Members {
        case left
        /// Of as many departments as have that many people together; the first one's are told however many they are.
        case upTo(Int)
    }

    let identityProvider: IdentityProviderID
    let base: String

    /// Those that meet the condition, by their ids.
    ///
    /// - Parameter limit: How many at most; fewer of departments with many people.
    /// - Throws: ``PostgresError``.
    func resources(
        _ kind: SCIMResourceKind,
        _ condition: SQL?,
        limit: Int,
        skipping skipped: Int = 0,
        _ members: Members = .upTo(.max),
        on connection: isolated Connection
    ) throws -> Found {
        let condition: SQL = condition.map { "and \($0)" } ?? ""
        // One more than is asked for tells whether there are more.
        let page: SQL = "limit \(limit + 1) offset \(skipped)"
        switch kind {
        case .users:
            return try users(
                "where u.idp_id = \(identityProvider.uuid) \(condition) order by u.id \(page)",
                limit,
                on: connection
            )
        case .groups:
            return try groups(
                """
                where d.idp_id = \(identityProvider.uuid) and d.removed_at is null \(condition)
                order by d.external_id \(page)
                """,
                limit,
                members,
                on: connection
            )
        }
    }

    private func users(_ condition: SQL, _ limit: Int, on connection: isolated Connection) throws -> Found {
        let rows = try connection.run(DirectoryUser.query(condition, of: identityProvider))
        let users = try rows.prefix(limit).map { try DirectoryUser.read($0).user }
        let surroundings = try surroundings(
            departments: users.flatMap { $0.departments.map(\.id) + [$0.mainDepartment].compactMap(\.self) },
            people: users.flatMap { [$0.manager].compactMap(\.self) + $0.leaders },
            on: connection
        )
        return Found(
            all: try users.map { (.user($0.id), try SCIMResource($0, in: surroundings)) },
            hasMore: rows.count > limit
        )
    }

    private func groups(
        _ condition: SQL,
        _ limit: Int,
        _ telling: Members,
        on connection: isolated Connection
    ) throws -> Found {
        let rows = try connection.run(SCIMDepartment.query(condition))
        var departments = try rows.prefix(limit).map { try SCIMDepartment($0) }
        var members: [Int64: [SCIMReference]]?
        if case .upTo(let most) = telling {
            let fitting = try fitting(departments.map(\.number), most, on: connection)
            departments = Array(departments.prefix(fitting))
            members = try self.members(of: departments.map(\.number), on: connection)
        }
        let surroundings = try surroundings(
            departments: departments.compactMap(\.parent),
            people: departments.flatMap(\.leaders),
            on: connection
        )
        return Found(
            all: try departments.map { department in
                let people = members.map { $0[department.number] ?? [] }
                return (.department(department.number), try SCIMResource(department, people, in: surroundings))
            },
            hasMore: rows.count > departments.count,
            members: members?.values.reduce(0) { $0 + $1.count } ?? 0
        )
    }

    /// How many of these departments have no more people together than may be; the first one in any case.
    private func fitting(_ departments: [Int64], _ most: Int, on connection: isolated Connection) throws -> Int {
        guard departments.count > 1 else { return departments.count }
        let rows = try connection.run(
            """
            select m.department_id, count(*) from memberships m
            where m.idp_id = \(identityProvider.uuid) and m.department_id = any(\(departments)::bigint[])
            group by m.department_id
            """
        )
        let counts = Dictionary(try rows.map { try $0.decode(Int64.self, Int.self) }) { first, _ in first }
        var people = 0
        let fitting = departments.prefix { department in
            people += counts[department] ?? 0
            return people <= most
        }
        return max(fitting.count, 1)
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
                select d.external_id, coalesce(d.name, '') from departments d
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
                select u.directory_key, u.id, coalesce(nullif(u.display_name, ''), u.external_id) from users u
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
            from memberships m
            join users u on u.idp_id = m.idp_id and u.directory_key = m.directory_key
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
