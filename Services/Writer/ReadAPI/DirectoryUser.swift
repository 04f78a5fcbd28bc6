import FoundationEssentials
import Messages
import Postgres

/// A person, as the read API shows one.
struct DirectoryUser: Encodable, Sendable {
    /// Whether WeCom still shows the person.
    enum State: String, Codable, Sendable {
        case active, removed
    }

    /// A department that the person belongs to.
    struct Membership: Codable, Sendable {
        let id: Int64
        let order: Int64
        let isLeader: Bool
    }

    let id: UserID
    let externalID: String
    let username: String?
    let displayName: String?
    let email: String?
    let mobile: String?
    let telephone: String?
    let title: String?
    let alias: String?
    let gender: String?
    let employeeNumber: String?
    let avatar: String?
    let address: String?
    let manager: String?
    let department: String?
    let locale: String?
    let status: Int
    /// Whether the person may log on.
    let enabled: Bool
    let state: State
    let mainDepartment: Int64?
    let departments: [Membership]
    let leaders: [String]
    let attributes: [String: String]
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let removedAt: Timestamp?

    /// The query whose rows ``read(_:)`` reads. Departments that the directory does not have are left out.
    ///
    /// - Parameter provider: Whose people the condition means, so that one partition is looked at; nil where it does not say.
    static func query(_ condition: SQL, of provider: IdentityProviderID?) -> SQL {
        let isTheirs: SQL = provider.map { "m.idp_id = \($0.uuid)" } ?? "m.idp_id = u.idp_id"
        return query(
            departments: """
                select coalesce(json_agg(json_build_object('id', m.department_id, 'order', m.sort_order,
                    'isLeader', m.is_leader) order by m.department_id), '[]')
                from memberships m
                join departments d on d.idp_id = m.idp_id and d.external_id = m.department_id
                    and d.removed_at is null
                where \(isTheirs) and m.directory_key = u.directory_key
                """,
            from: "users u \(condition)"
        )
    }

    /// - Parameters:
    ///   - departments: Selects those of a person `u` as JSON.
    ///   - source: Names rows `u` like those of `directory.users`.
    static func query(departments: SQL, from source: SQL) -> SQL {
        """
        select u.directory_key, u.id, u.external_id, u.username, u.display_name, u.email, u.mobile, u.telephone,
            u.title, u.alias, u.gender, u.employee_number, u.avatar, u.address, u.manager, u.department, u.locale,
            u.status, u.main_department, coalesce(u.leaders, '{}'), coalesce(u.attributes, '{}')::text,
            (\(departments))::text,
            (extract(epoch from u.created_at) * 1000)::bigint, (extract(epoch from u.updated_at) * 1000)::bigint,
            (extract(epoch from u.removed_at) * 1000)::bigint
        from \(source)
        """
    }
}

extension DirectoryUser {
    /// - Throws: ``PostgresError`` or `DecodingError` when the row is not of ``query(_:)``.
    static func read(_ row: Row) throws -> (key: String, user: DirectoryUser) {
        let (
            key, id, externalID, username, displayName, email, mobile, telephone, title, alias, gender, employeeNumber,
            avatar, address, manager, department, locale, status, main, leaders, attributes, departments, created,
            updated, removed
        ) = try row.decode(
            String.self,
            UUID.self,
            String.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self,
            Int.self,
            Int64?.self,
            [String].self,
            String.self,
            String.self,
            Int64.self,
            Int64.self,
            Int64?.self
        )
        let user = DirectoryUser(
            id: UserID(id),
            externalID: externalID,
            username: username,
            displayName: displayName,
            email: email,
            mobile: mobile,
            telephone: telephone,
            title: title,
            alias: alias,
            gender: gender,
            employeeNumber: employeeNumber,
            avatar: avatar,
            address: address,
            manager: manager,
            department: department,
            locale: locale,
            status: status,
            enabled: removed == nil && UserRecord.Status(rawValue: status)?.isEnabled ?? false,
            state: removed == nil ? .active : .removed,
            mainDepartment: main,
            departments: try MessageJSON.decoder.decode([Membership].self, from: Data(departments.utf8)),
            leaders: leaders,
            attributes: try MessageJSON.decoder.decode([String: String].self, from: Data(attributes.utf8)),
            createdAt: Timestamp(millisecondsSince1970: created),
            updatedAt: Timestamp(millisecondsSince1970: updated),
            removedAt: removed.map(Timestamp.init(millisecondsSince1970:))
        )
        return (key, user)
    }
}
