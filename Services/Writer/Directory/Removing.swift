import FoundationEssentials
import Messages
import Postgres

/// Marks those who are gone: disabled and kept, until the grace period is over.
enum Removing {
    /// Marks the people of corps before `generation`.
    ///
    /// - Returns: Who was marked, by the corp.
    /// - Throws: ``PostgresError``.
    static func removePast(
        before generation: Generation,
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> [Generation: [DirectoryChanges.UserChange]] {
        let users = try removeUsers(
            where: "generation < \(generation.rawValue)",
            from: identityProvider,
            at: time,
            on: connection
        )
        return Dictionary(grouping: users, by: \.generation).mapValues { $0.map(\.user) }
    }

    /// Deletes people of earlier corps whose keys others have now.
    ///
    /// - Returns: Who was deleted.
    /// - Throws: ``PostgresError``.
    static func deletePast(
        _ keys: [DirectoryKey],
        from identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        guard !keys.isEmpty else { return [] }
        let texts = keys.map(\.text)
        let rows = try connection.run(
            """
            delete from users where idp_id = \(identityProvider.uuid) and directory_key = any(\(texts)::text[])
            returning id, external_id
            """
        )
        try connection.run(
            """
            delete from memberships
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(texts)::text[])
            """
        )
        return try rows.map { row in
            let (id, externalID) = try row.decode(UUID.self, String.self)
            return DirectoryChanges.UserChange(deleted: UserID(id), externalID: externalID)
        }.sorted { $0.externalID < $1.externalID }
    }

    /// Marks people who are gone, as a policy says; those who are removed already stay as they are.
    ///
    /// - Returns: Who was marked.
    /// - Throws: ``PostgresError``.
    static func removeUsers(
        _ keys: [String],
        because reason: LossReason,
        _ policy: LossPolicy,
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        by epoch: Epoch,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        guard !keys.isEmpty, policy != .keep else { return [] }
        return try removeUsers(
            where: "directory_key = any(\(keys)::text[])",
            because: ChangeReason(reason),
            isKept: policy == .disable,
            by: epoch,
            from: identityProvider,
            at: time,
            on: connection
        ).map(\.user)
    }

    /// Marks people who were new by a run that is undone.
    ///
    /// - Throws: ``PostgresError``.
    static func removeUndone(
        _ keys: [String],
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        by epoch: Epoch,
        on connection: isolated Connection
    ) throws {
        guard !keys.isEmpty else { return }
        _ = try removeUsers(
            where: "directory_key = any(\(keys)::text[])",
            because: .undone,
            by: epoch,
            from: identityProvider,
            at: time,
            on: connection
        )
    }

    private static func removeUsers(
        where condition: SQL,
        because reason: ChangeReason? = nil,
        isKept: Bool = false,
        by epoch: Epoch? = nil,
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        on connection: isolated Connection
    ) throws -> [(generation: Generation, user: DirectoryChanges.UserChange)] {
        try Images.keep(users: "u.removed_at is null and \(condition)", of: identityProvider, on: connection)
        let rows = try connection.run(
            """
            update users set removed_at = \(time.description)::timestamptz,
                updated_at = \(time.description)::timestamptz, removed_because = \(reason?.rawValue), is_kept = \(isKept),
                removed_epoch = \(epoch?.rawValue)
            where idp_id = \(identityProvider.uuid) and removed_at is null and \(condition)
            returning generation, id, external_id, username, display_name, email
            """
        )
        return try rows.map { try disabled($0) }.sorted { $0.user.externalID < $1.user.externalID }
    }

    /// - Parameter gone: Which ones; nil for all of them.
    @discardableResult
    static func removeDepartments(
        _ gone: [Int64]?,
        from identityProvider: IdentityProviderID,
        at time: Timestamp,
        by epoch: Epoch? = nil,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.DepartmentChange] {
        guard gone?.isEmpty != true else { return [] }
        try Images.keep(
            departments: """
                d.removed_at is null and (\(gone)::bigint[] is null or d.external_id = any(\(gone)::bigint[]))
                """,
            of: identityProvider,
            on: connection
        )
        let rows = try connection.run(
            """
            update departments set removed_at = \(time.description)::timestamptz,
                updated_at = \(time.description)::timestamptz, removed_epoch = \(epoch?.rawValue)
            where idp_id = \(identityProvider.uuid) and removed_at is null
                and (\(gone)::bigint[] is null or external_id = any(\(gone)::bigint[]))
            returning external_id, parent_id, name
            """
        )
        return try rows.map { row in
            let (id, parent, name) = try row.decode(Int64.self, Int64?.self, String?.self)
            return DirectoryChanges.DepartmentChange(kind: .disabled, externalID: id, parentID: parent, name: name)
        }
    }

    private static func disabled(
        _ row: Row
    ) throws -> (generation: Generation, user: DirectoryChanges.UserChange) {
        let (generation, id, externalID, username, displayName, email) = try row.decode(
            Int64.self,
            UUID.self,
            String.self,
            String?.self,
            String?.self,
            String?.self
        )
        let user = DirectoryChanges.UserChange(
            kind: .disabled,
            id: UserID(id),
            externalID: externalID,
            username: username,
            displayName: displayName,
            email: email,
            isEnabled: false,
            departments: []
        )
        return (Generation(rawValue: generation), user)
    }
}

extension DirectoryChanges.UserChange {
    /// That a person is not in the directory any more.
    init(deleted id: UserID, externalID: String) {
        self.init(
            kind: .deleted,
            id: id,
            externalID: externalID,
            username: nil,
            displayName: nil,
            email: nil,
            isEnabled: false,
            departments: []
        )
    }
}
