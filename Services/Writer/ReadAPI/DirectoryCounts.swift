import FoundationEssentials
import Messages
import Postgres

/// How many people identity providers have, and each of their departments: counted once and kept for as long as nothing
/// of theirs changes, as counting reads everybody.
actor DirectoryCounts {
    struct Counts: Sendable {
        /// People who are there, and those who are removed.
        let present: Int
        let removed: Int
        /// Departments that are there.
        let departments: Int
        /// People who are there, by their departments.
        let people: [Int64: Int]
    }

    /// How far an identity provider has come. What changes anything of it moves it on (``ChangePublishing``).
    struct Version: Equatable, Sendable {
        let epoch: Int64
        let fence: Int64
        let changeSequence: Int64
        let incarnation: UUID
    }

    /// Identity providers whose counts are kept: a few thousand numbers each.
    private static let most = 200

    private var kept: [IdentityProviderID: (version: Version, counts: Counts)] = [:]
    /// From the one that was asked for longest ago on.
    private var order: [IdentityProviderID] = []

    /// What was counted of an identity provider that had come so far.
    func counts(of id: IdentityProviderID, at version: Version) -> Counts? {
        guard let entry = kept[id], entry.version == version else { return nil }
        touch(id)
        return entry.counts
    }

    /// - Parameter version: How far it had come before it was counted, so that a later change is never passed over.
    func keep(_ counts: Counts, of id: IdentityProviderID, at version: Version) {
        kept[id] = (version, counts)
        touch(id)
        if order.count > Self.most { kept[order.removeFirst()] = nil }
    }

    private func touch(_ id: IdentityProviderID) {
        order.removeAll { $0 == id }
        order.append(id)
    }
}

extension DirectoryReading {
    /// How many people and departments there are, as far as the key shows.
    ///
    /// - Throws: ``PostgresError``.
    func counts(
        of id: IdentityProviderID,
        as access: DirectoryReaders.Access
    ) async throws -> DirectoryCounts.Counts? {
        // A directory that has yet to be told anew is numbered by nothing, and counted each time.
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                select epoch, fence, change_sequence, announced from sources where idp_id = \(id.uuid)
                """
            )
        }
        guard let row = rows.first else { return nil }
        let (epoch, fence, sequence, announced) = try row.decode(Int64.self, Int64.self, Int64.self, UUID?.self)
        guard let announced else { return try await count(id, as: access) }
        let version = DirectoryCounts.Version(
            epoch: epoch,
            fence: fence,
            changeSequence: sequence,
            incarnation: announced
        )
        if let counts = await known.counts(of: id, at: version) { return counts }
        let counts = try await count(id, as: access)
        await known.keep(counts, of: id, at: version)
        return counts
    }

    private func count(
        _ id: IdentityProviderID,
        as access: DirectoryReaders.Access
    ) async throws -> DirectoryCounts.Counts {
        let totals = try await read(as: access) { connection in
            try connection.run(
                """
                select count(*) filter (where u.removed_at is null), count(*) filter (where u.removed_at is not null),
                    (select count(*) from departments d where d.idp_id = \(id.uuid) and d.removed_at is null)
                from users u where u.idp_id = \(id.uuid)
                """
            )
        }
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                -- Those who are gone are few, and so are looked up by everybody rather than everybody in all.
                select m.department_id, count(*) filter (where gone.directory_key is null)
                from memberships m left join (
                    select u.directory_key from users u
                    where u.idp_id = \(id.uuid) and u.removed_at is not null
                ) gone on gone.directory_key = m.directory_key
                where m.idp_id = \(id.uuid) group by m.department_id
                """
            )
        }
        let (present, removed, departments) = try totals[0].decode(Int.self, Int.self, Int.self)
        let people = try rows.map { try $0.decode(Int64.self, Int.self) }
        return DirectoryCounts.Counts(
            present: present,
            removed: removed,
            departments: departments,
            people: Dictionary(people) { $1 }
        )
    }
}
