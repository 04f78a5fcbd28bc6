import FoundationEssentials
import Messages
import Postgres

/// What the directory has and runs do not show, as the read API shows it: what is held waits for an administrator.
struct DirectoryMissingObject: Encodable, Sendable {
    let kind: String
    let externalID: String
    /// The person's id.
    let userID: UserID?
    /// What people call the person, or the department.
    let name: String?
    let state: String
    let hold: String?
    let reason: String?
    /// The user id that the person may have now.
    let renamedTo: String?
    let code: Int?
    let sinceEpoch: Int64
    let since: Timestamp
    let heldAt: Timestamp?

    /// The page's key: the kind and the row's object.
    static func cursor(_ kind: String, _ object: String) -> String { "\(kind):\(object)" }

    /// Selects what ``read(_:)`` reads, of those after a cursor.
    static func query(
        of identityProvider: IdentityProviderID,
        _ state: MissingObject.State?,
        after cursor: String,
        limit: Int
    ) -> SQL {
        let parts = cursor.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (kind, object) = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        return """
            select m.kind, m.object, m.entry::text, u.id, coalesce(u.display_name, d.name)
            from missing m
            left join users u on m.kind = 'user' and u.idp_id = m.idp_id and u.directory_key = m.object
            left join departments d
                on m.kind = 'department' and d.idp_id = m.idp_id and d.external_id::text = m.object
            where m.idp_id = \(identityProvider.uuid) and (\(state?.rawValue)::text is null or m.state = \(state?.rawValue))
                and (m.kind, m.object) > (\(kind), \(object))
            order by m.kind, m.object limit \(limit)
            """
    }

    /// - Throws: ``PostgresError`` when the row is not of the query.
    static func read(_ row: Row) throws -> (object: DirectoryMissingObject, cursor: String) {
        let (kind, key, entry, id, name) = try row.decode(
            String.self,
            String.self,
            String.self,
            UUID?.self,
            String?.self
        )
        let missing = try MessageJSON.decoder.decode(MissingObject.self, from: Data(entry.utf8))
        let object = DirectoryMissingObject(
            kind: kind,
            externalID: missing.externalID,
            userID: id.map { UserID($0) },
            name: name,
            state: missing.state.rawValue,
            hold: missing.hold?.rawValue,
            reason: missing.reason?.rawValue,
            renamedTo: missing.renamedTo,
            code: missing.code,
            sinceEpoch: missing.since.epoch.rawValue,
            since: missing.since.time,
            heldAt: missing.heldSince?.time
        )
        return (object, cursor(kind, key))
    }
}

extension DirectoryReading {
    /// What the directory has and runs do not show.
    ///
    /// - Throws: ``PostgresError``.
    func missing(
        of id: IdentityProviderID,
        _ state: MissingObject.State?,
        after cursor: String,
        limit: Int,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryMissingObject> {
        let rows = try await read(as: access) { connection in
            try connection.run(DirectoryMissingObject.query(of: id, state, after: cursor, limit: limit + 1))
        }
        let objects = try rows.map { try DirectoryMissingObject.read($0) }
        let page = objects.prefix(limit)
        return Page(items: page.map(\.object), nextCursor: objects.count > limit ? page.last?.cursor : nil)
    }
}
