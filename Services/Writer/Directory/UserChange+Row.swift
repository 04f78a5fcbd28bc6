import FoundationEssentials
import Messages
import Postgres

extension DirectoryChanges.UserChange {
    /// A person as ``columns(of:)`` tells them.
    ///
    /// - Parameter kind: Nil where it is but told how they are.
    /// - Throws: ``PostgresError`` when the row is none of these.
    init(_ row: Row, kind: DirectoryChanges.Kind? = nil) throws {
        let (id, externalID, username, displayName, email, isEnabled, departments, phone, address) = try row.decode(
            UUID.self,
            String.self,
            String?.self,
            String?.self,
            String?.self,
            Bool.self,
            [String].self,
            String?.self,
            String?.self
        )
        self.init(
            kind: kind ?? (isEnabled ? .updated : .disabled),
            id: UserID(id),
            externalID: externalID,
            username: username,
            displayName: displayName,
            email: email,
            isEnabled: isEnabled,
            departments: departments.compactMap { Int64($0) },
            phoneNumber: phone,
            address: address
        )
    }

    /// What ``init(_:kind:)`` reads, of `users u`: of who is gone neither departments nor how to reach them.
    static func columns(of identityProvider: IdentityProviderID) -> SQL {
        """
        u.id, u.external_id, u.username, u.display_name, u.email, u.removed_at is null and u.status in (1, 4),
        case when u.removed_at is null then (
            select coalesce(array_agg(m.department_id::text order by m.department_id), '{}') from memberships m
            where m.idp_id = \(identityProvider.uuid) and m.directory_key = u.directory_key
        ) else '{}' end,
        case when u.removed_at is null then coalesce(nullif(u.mobile, ''), nullif(u.telephone, '')) end,
        case when u.removed_at is null then nullif(u.address, '') end
        """
    }
}
