import FoundationEssentials
import Messages
import Postgres

/// How the rebuilt directory of an identity provider differs from the live one, by person, department and field.
struct DirectoryComparison: Codable, Equatable, Sendable {
    /// How a row differs.
    enum Kind: String, Codable, Sendable {
        /// It is missing in use.
        case missing
        /// It is in use, and not in what was rebuilt.
        case surplus
        /// Fields differ.
        case changed
    }

    /// A person who differs.
    struct Person: Codable, Equatable, Sendable {
        var user: UserID
        var kind: Kind
        /// Which fields differ; empty unless ``Kind/changed``.
        var fields: [String]
    }

    /// A department that differs.
    struct Department: Codable, Equatable, Sendable {
        var department: Int64
        var kind: Kind
        /// Which fields differ; empty unless ``Kind/changed``.
        var fields: [String]
    }

    /// How departments differ.
    struct Departments: Codable, Equatable, Sendable {
        var live: Int
        var rebuilt: Int
        var missing: Int
        var surplus: Int
        var changed: Int
        var fields: [String: Int]
        /// The first that differ.
        var departments: [Department]
    }

    /// How many people are in use, removed ones in their grace period among them.
    var live: Int
    /// How many were rebuilt.
    var rebuilt: Int
    /// How many of these are missing in use.
    var missing: Int
    /// How many are in use that were not rebuilt.
    var surplus: Int
    /// Of how many fields differ.
    var changed: Int
    /// Of how many people each field differs.
    var fields: [String: Int]
    /// The first who differ.
    var people: [Person]
    var departments: Departments

    /// Whether nothing differs.
    var isEqual: Bool {
        missing + surplus + changed + departments.missing + departments.surplus + departments.changed == 0
    }
}

extension DirectoryComparison {
    /// How many people, and departments, are named.
    private static let namedAtMost = 20

    /// Compares by what ``DirectoryDifferences`` found in the same transaction.
    ///
    /// - Throws: `PostgresError`.
    static func make(of id: IdentityProviderID, on connection: isolated Connection) throws -> DirectoryComparison {
        let decoder = JSONDecoder()
        let named = Data(try namedDepartments(on: connection).utf8)
        let people = try counts("user", in: "users", of: id, on: connection)
        let departments = try counts("department", in: "departments", of: id, on: connection)
        return DirectoryComparison(
            live: people.live,
            rebuilt: people.rebuilt,
            missing: people.missing,
            surplus: people.surplus,
            changed: people.changed,
            fields: people.fields,
            people: try decoder.decode([Person].self, from: Data(try namedPeople(of: id, on: connection).utf8)),
            departments: Departments(
                live: departments.live,
                rebuilt: departments.rebuilt,
                missing: departments.missing,
                surplus: departments.surplus,
                changed: departments.changed,
                fields: departments.fields,
                departments: try decoder.decode([Department].self, from: named)
            )
        )
    }

    private struct Counts {
        let live: Int
        let rebuilt: Int
        let missing: Int
        let surplus: Int
        let changed: Int
        let fields: [String: Int]
    }

    private static func counts(
        _ kind: String,
        in table: SQL,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> Counts {
        let rows = try connection.run(
            """
            select (select count(*) from directory.\(table) where idp_id = \(id.uuid)),
                (select count(*) from directory_rebuilt.\(table) where idp_id = \(id.uuid)),
                count(*) filter (where difference = 'missing'), count(*) filter (where difference = 'surplus'),
                count(*) filter (where difference = 'changed'),
                (select coalesce(jsonb_object_agg(field, number), '{}')::text from (
                    select field, count(*) as number from rebuild_differences cross join unnest(fields) as field
                    where kind = \(kind) group by field) as counted)
            from rebuild_differences where kind = \(kind)
            """
        )
        let (live, rebuilt, missing, surplus, changed, fields) = try rows[0].decode(
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            String.self
        )
        return Counts(
            live: live,
            rebuilt: rebuilt,
            missing: missing,
            surplus: surplus,
            changed: changed,
            fields: try JSONDecoder().decode([String: Int].self, from: Data(fields.utf8))
        )
    }

    private static func namedPeople(of id: IdentityProviderID, on connection: isolated Connection) throws -> String {
        let rows = try connection.run(
            """
            select coalesce(jsonb_agg(jsonb_build_object(
                'user', coalesce(live.id, rebuilt.id), 'kind', named.difference, 'fields', to_jsonb(named.fields)
            ) order by named.object), '[]')::text
            from (
                select * from rebuild_differences where kind = 'user' order by object limit \(namedAtMost)
            ) named
            left join directory.users live on live.idp_id = \(id.uuid) and live.directory_key = named.object
            left join directory_rebuilt.users rebuilt
                on rebuilt.idp_id = \(id.uuid) and rebuilt.directory_key = named.object
            """
        )
        return try rows[0].decode(String.self)
    }

    private static func namedDepartments(on connection: isolated Connection) throws -> String {
        let rows = try connection.run(
            """
            select coalesce(jsonb_agg(jsonb_build_object(
                'department', named.object::bigint, 'kind', named.difference, 'fields', to_jsonb(named.fields)
            ) order by named.object::bigint), '[]')::text
            from (
                select * from rebuild_differences where kind = 'department'
                order by object::bigint limit \(namedAtMost)
            ) named
            """
        )
        return try rows[0].decode(String.self)
    }
}
