import FoundationEssentials
import Messages
import Postgres

/// How the rebuilt people of an identity provider differ from those in use, by person and field.
///
/// Not compared is what depends on when a message was read or the log begins: since when somebody is disabled, the span
/// that wrote the row, and the mark of the last whole republication.
struct PrincipalComparison: Codable, Equatable, Sendable {
    /// A person who differs.
    struct Difference: Codable, Equatable, Sendable {
        /// How they differ.
        enum Kind: String, Codable, Sendable {
            /// They are missing in use.
            case missing
            /// They are in use, and not in what was rebuilt.
            case surplus
            /// Fields differ.
            case changed
        }

        var user: UserID
        var kind: Kind
        /// Which fields differ; empty unless ``Kind/changed``.
        var fields: [String]
    }

    /// How many people are in use.
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
    var people: [Difference]

    /// How many people are named.
    private static let namedAtMost = 20

    /// Whether nobody differs.
    var isEqual: Bool { missing + surplus + changed == 0 }

    /// The fields that are compared, of the alias `name`.
    static func compared(_ name: String) -> SQL {
        let columns = [
            "tenant_id", "generation", "directory_key", "external_id", "name", "email", "username", "enabled",
            "departments", "phone_number", "address",
        ]
        return SQL(stringLiteral: "(" + columns.map { "\(name).\($0)" }.joined(separator: ", ") + ")")
    }

    /// Compares, with both sides held by the transaction.
    static func make(of id: IdentityProviderID, on connection: isolated Connection) throws -> PrincipalComparison? {
        let rows = try connection.run(
            """
            with differences as materialized (\(differences(of: id)))
            select (select count(*) from verifier.principals where idp_id = \(id.uuid)),
                (select count(*) from verifier.rebuilt_principals where idp_id = \(id.uuid)),
                (select count(*) from differences where kind = 'missing'),
                (select count(*) from differences where kind = 'surplus'),
                (select count(*) from differences where kind = 'changed'),
                (select coalesce(jsonb_object_agg(field, number), '{}'::jsonb)::text from (
                    select field, count(*) as number from differences cross join unnest(fields) as field
                    group by field) as counted),
                (select coalesce(jsonb_agg(
                        jsonb_build_object('user', user_id, 'kind', kind, 'fields', to_jsonb(fields))
                        order by user_id), '[]'::jsonb)::text
                from (select * from differences order by user_id limit \(namedAtMost)) as named)
            """
        )
        guard let row = rows.first else { return nil }
        let (live, rebuilt, missing, surplus, changed, fields, people) = try row.decode(
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            Int.self,
            String.self,
            String.self
        )
        return PrincipalComparison(
            live: live,
            rebuilt: rebuilt,
            missing: missing,
            surplus: surplus,
            changed: changed,
            fields: try JSONDecoder().decode([String: Int].self, from: Data(fields.utf8)),
            people: try JSONDecoder().decode([Difference].self, from: Data(people.utf8))
        )
    }

    /// Whoever differs, with `kind` and `fields`.
    private static func differences(of id: IdentityProviderID) -> SQL {
        """
        select user_id,
            case when rebuilt.user_id is null then 'surplus' when live.user_id is null then 'missing'
                else 'changed' end as kind,
            case when rebuilt.user_id is null or live.user_id is null then '{}'::text[] else array_remove(array[
                case when live.tenant_id <> rebuilt.tenant_id then 'tenant' end,
                case when live.generation <> rebuilt.generation then 'generation' end,
                case when live.directory_key <> rebuilt.directory_key then 'key' end,
                case when live.external_id <> rebuilt.external_id then 'externalID' end,
                case when live.name is distinct from rebuilt.name then 'name' end,
                case when live.email is distinct from rebuilt.email then 'email' end,
                case when live.username is distinct from rebuilt.username then 'username' end,
                case when live.enabled <> rebuilt.enabled then 'enabled' end,
                case when live.departments <> rebuilt.departments then 'departments' end,
                case when live.phone_number is distinct from rebuilt.phone_number then 'phoneNumber' end,
                case when live.address is distinct from rebuilt.address then 'address' end
            ], null) end as fields
        from (select * from verifier.principals where idp_id = \(id.uuid)) as live
        full join (select * from verifier.rebuilt_principals where idp_id = \(id.uuid)) as rebuilt using (user_id)
        where \(compared("live")) is distinct from \(compared("rebuilt"))
        """
    }
}
