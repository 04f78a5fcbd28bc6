import Messages
import Postgres

/// Whose records a run could not take.
extension RunObjectRows {
    /// The longest id of a rejected record that is written down. Any text may be one, and what PostgreSQL refuses would
    /// have good records refused.
    private static let longestID = 512

    /// Writes down of what no record could be taken, and forgets those of which another one was.
    ///
    /// - Throws: ``PostgresError``.
    static func writeRejected(
        _ source: SourceSegment,
        of id: IdentityProviderID,
        by epoch: Epoch,
        on connection: isolated Connection
    ) throws {
        let rejected = source.rejected.filter { object, externalID in
            let bytes = externalID.utf8
            return bytes.count <= longestID && !bytes.contains(0) && source.completion?.rejects(object) ?? true
        }.sorted { $0.key < $1.key }
        if !rejected.isEmpty {
            try connection.run(
                """
                insert into run_objects (idp_id, epoch, kind, object, external_id, user_id, change, at)
                select \(id.uuid)::uuid, \(epoch.rawValue)::bigint, noted.kind, noted.object, noted.external_id, (
                        select u.id from users u
                        where noted.kind = 'user' and u.idp_id = \(id.uuid) and u.directory_key = noted.object
                    ), 'rejected', \(source.run.requestedAt.description)::timestamptz
                from unnest(\(rejected.map(\.key.kind.rawValue))::text[], \(rejected.map(\.key.externalID))::text[],
                    \(rejected.map(\.value))::text[]) as noted (kind, object, external_id)
                on conflict do nothing
                """
            )
        }
        // What can be a basis had nothing rejected.
        if let completion = source.completion, !completion.isBasis {
            try deleteAccepted(by: completion, of: id, by: epoch, on: connection)
        }
    }

    /// Whose other copy could be taken is not rejected.
    private static func deleteAccepted(
        by completion: RunCompletion,
        of id: IdentityProviderID,
        by epoch: Epoch,
        on connection: isolated Connection
    ) throws {
        let rows = try connection.run(
            """
            select kind, object from run_objects
            where idp_id = \(id.uuid) and epoch = \(epoch.rawValue) and change = 'rejected'
            """
        )
        let accepted = try rows.map { row in
            let (kind, object) = try row.decode(String.self, String.self)
            return DirectoryObject(kind == "user" ? .user : .department, object)
        }.filter { !completion.rejects($0) }
        guard !accepted.isEmpty else { return }
        try connection.run(
            """
            delete from run_objects o
            using unnest(\(accepted.map(\.kind.rawValue))::text[], \(accepted.map(\.externalID))::text[])
                as accepted (kind, object)
            where o.idp_id = \(id.uuid) and o.epoch = \(epoch.rawValue) and o.kind = accepted.kind
                and o.object = accepted.object
            """
        )
    }
}

extension RunCompletion {
    /// Whether the run took no record of the object, by the key of its row.
    fileprivate func rejects(_ object: DirectoryObject) -> Bool {
        switch object.kind {
        case .user: index.users[ContentDigest(of: object.externalID)]?.verdict == .rejected
        case .department: object.departmentID.flatMap { index.departments[$0] }?.verdict == .rejected
        }
    }
}
