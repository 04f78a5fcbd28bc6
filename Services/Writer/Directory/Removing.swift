import FoundationEssentials
import Messages
import Postgres

/// Marks those who are gone: disabled and kept, until the grace period is over.
enum Removing {
    /// - Returns: Who and what was marked.
    /// - Throws: ``PostgresError``.
    static func remove(
        _ removals: RemovalGate,
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> (users: [DirectoryChanges.UserChange], departments: [DirectoryChanges.DepartmentChange]) {
        guard removals.heldBecause == nil else { return ([], []) }
        return (
            try removeUsers(removals.users, from: identityProvider, at: time, on: connection),
            try removeDepartments(removals.departments, from: identityProvider, at: time, on: connection)
        )
    }

    private static func removeUsers(
        _ gone: Set<ContentDigest>,
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        guard !gone.isEmpty else { return [] }
        var keys: [String] = []
        try connection.forEachRow(
            "select directory_key from directory.users where idp_id = \(identityProvider.uuid) and removed_at is null"
        ) { row in
            let key = try row.bytes(0)
            if gone.contains(ContentDigest(of: key)) { keys.append(String(decoding: key, as: UTF8.self)) }
        }
        let rows = try connection.run(
            """
            update directory.users set removed_at = \(time.description)::timestamptz,
                updated_at = \(time.description)::timestamptz
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[]) and removed_at is null
            returning id, external_id, username, display_name, email
            """
        )
        return try rows.map { try disabled($0) }.sorted { $0.externalID < $1.externalID }
    }

    /// Marks everybody of a deleted identity provider.
    static func removeAll(
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        let rows = try connection.run(
            """
            update directory.users set removed_at = \(time.description)::timestamptz,
                updated_at = \(time.description)::timestamptz
            where idp_id = \(identityProvider.uuid) and removed_at is null
            returning id, external_id, username, display_name, email
            """
        )
        return try rows.map { try disabled($0) }.sorted { $0.externalID < $1.externalID }
    }

    private static func removeDepartments(
        _ gone: [Int64],
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.DepartmentChange] {
        guard !gone.isEmpty else { return [] }
        let rows = try connection.run(
            """
            update directory.departments set removed_at = \(time.description)::timestamptz,
                updated_at = \(time.description)::timestamptz
            where idp_id = \(identityProvider.uuid) and external_id = any(\(gone)::bigint[]) and removed_at is null
            returning external_id, parent_id, name
            """
        )
        return try rows.map { row in
            let (id, parent, name) = try row.decode(Int64.self, Int64?.self, String?.self)
            return DirectoryChanges.DepartmentChange(kind: .disabled, externalID: id, parentID: parent, name: name)
        }
    }

    private static func disabled(_ row: Row) throws -> DirectoryChanges.UserChange {
        let (id, externalID, username, displayName, email) = try row.decode(
            UUID.self,
            String.self,
            String?.self,
            String?.self,
            String?.self
        )
        return DirectoryChanges.UserChange(
            kind: .disabled,
            id: UserID(id),
            externalID: externalID,
            username: username,
            displayName: displayName,
            email: email,
            isEnabled: false,
            departments: []
        )
    }
}
