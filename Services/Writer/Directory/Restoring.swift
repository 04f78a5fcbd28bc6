import FoundationEssentials
import Messages
import Postgres

/// Takes back what one run removed.
struct Restoring {
    let identityProvider: IdentityProviderID
    /// The run that removed them.
    let epoch: Epoch
    /// The run that takes it back.
    let run: SourceSegment.RunHead

    /// - Parameter objects: Which ones; nil for all of them.
    /// - Returns: Who is there again, by their keys.
    /// - Throws: ``PostgresError``.
    func people(
        _ objects: [DirectoryObject]?,
        on connection: isolated Connection
    ) throws -> [(key: String, change: DirectoryChanges.UserChange)] {
        let keys = objects.map { $0.filter { $0.kind == .user }.map { $0.key(by: run.terms.userIDCase).externalID } }
        let rows = try connection.run(
            """
            update directory.users u set removed_at = null, removed_because = null, removed_epoch = null,
                is_kept = false, updated_at = \(run.requestedAt.description)::timestamptz
            where idp_id = \(identityProvider.uuid) and removed_at is not null and removed_epoch = \(epoch.rawValue)
                and generation = \(run.terms.generation.rawValue)
                and (\(keys)::text[] is null or directory_key = any(\(keys)::text[]))
            returning directory_key, id, external_id, username, display_name, email, status in (1, 4), (
                select coalesce(array_agg(m.department_id::text), '{}') from directory.memberships m
                where m.idp_id = u.idp_id and m.directory_key = u.directory_key
            )
            """
        )
        return try rows.map { row in
            let (key, id, externalID, username, displayName, email, isEnabled, departments) = try row.decode(
                String.self,
                UUID.self,
                String.self,
                String?.self,
                String?.self,
                String?.self,
                Bool.self,
                [String].self
            )
            let change = DirectoryChanges.UserChange(
                kind: .restored,
                id: UserID(id),
                externalID: externalID,
                username: username,
                displayName: displayName,
                email: email,
                isEnabled: isEnabled,
                departments: departments.compactMap { Int64($0) }.sorted()
            )
            return (key, change)
        }.sorted { $0.key < $1.key }
    }

    /// - Parameter objects: Which ones; nil for all of them.
    /// - Returns: What is there again.
    /// - Throws: ``PostgresError``.
    func departments(
        _ objects: [DirectoryObject]?,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.DepartmentChange] {
        let ids = objects.map { $0.compactMap(\.departmentID) }
        let rows = try connection.run(
            """
            update directory.departments set removed_at = null, removed_epoch = null,
                updated_at = \(run.requestedAt.description)::timestamptz
            where idp_id = \(identityProvider.uuid) and removed_at is not null and removed_epoch = \(epoch.rawValue)
                and (\(ids)::bigint[] is null or external_id = any(\(ids)::bigint[]))
            returning external_id, parent_id, name
            """
        )
        return try rows.map { row in
            let (id, parent, name) = try row.decode(Int64.self, Int64?.self, String?.self)
            return DirectoryChanges.DepartmentChange(kind: .restored, externalID: id, parentID: parent, name: name)
        }.sorted { $0.externalID < $1.externalID }
    }
}
