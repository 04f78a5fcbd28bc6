import FoundationEssentials
import Messages
import Outbox
import Postgres

/// Tells all of an identity provider anew, as a series of parts: after the directory was restored or rebuilt, or when
/// somebody asks for it (architecture.md §4, invariant 2).
///
/// `sources.announced` says under which incarnation all of it was told. Whoever finds another one there, with the row
/// locked, tells all of it before anything newer, numbered on, and sets the column, in one transaction. So:
///
/// - A crash before the commit leaves the column as it was: whoever comes next does it all. After it, nobody does it again.
/// - A segment and the background job wait for each other by the row's lock; the second finds it done.
/// - A new life that begins while a transaction tells something of the life before: that stands before the parts in the
///   outbox, as both append under the same key's lock, and the column still has the life before.
/// - Nothing is told while the partition is not where the life before had come, nor during a first run: whoever is in none
///   of the parts is gone for the readers, and the directory cannot say that yet.
/// - In a later life nor can it before a full run has shown everybody: the log may have but runs that failed. Until then
///   the parts have no last one, so that nobody is gone by them; that run then has all told anew.
struct Republication {
    private static let peopleAtOnce = 10_000

    let publishing: ChangePublishing

    /// Publishes all of the identity provider, if the directory can speak for all of it.
    ///
    /// - Parameter envelope: Names it; what is told has an envelope like it.
    /// - Returns: Whether it was published.
    /// - Throws: ``PostgresError``.
    func publish(_ envelope: Envelope, on connection: isolated Connection) throws -> Bool {
        let id = envelope.identityProvider
        guard let source = try source(id, on: connection) else { return false }
        var parts = Parts(of: source, publishing: publishing, envelope: envelope)
        try parts.add([:], departments(of: id, on: connection), on: connection)
        var (after, isLast) = ("", false)
        while !isLast {
            let rows = try connection.run(Self.people(of: id, after: after))
            var people: [Generation: [DirectoryChanges.UserChange]] = [:]
            for row in rows {
                let (key, generation, user) = try Self.person(row)
                people[generation, default: []].append(user)
                after = key
            }
            try parts.add(people, on: connection)
            isLast = rows.count < Self.peopleAtOnce
        }
        try parts.finish(on: connection)
        try connection.run(
            """
            update sources set change_sequence = change_sequence + \(parts.count)::bigint,
                announced = \(source.incarnation.uuid)
            where idp_id = \(id.uuid)
            """
        )
        return true
    }

    /// The parts, as they go into the outbox: each of the people of one corp, and at least one, as that nobody is there
    /// has to be told, too.
    private struct Parts {
        let source: Source
        let publishing: ChangePublishing
        let envelope: Envelope
        private(set) var count = 0
        /// Held back, as it may be the last one.
        private var held: (draft: DirectoryChanges.Draft, generation: Generation)?

        init(of source: Source, publishing: ChangePublishing, envelope: Envelope) {
            self.source = source
            self.publishing = publishing
            self.envelope = envelope
        }

        mutating func add(
            _ people: [Generation: [DirectoryChanges.UserChange]],
            _ departments: [DirectoryChanges.DepartmentChange] = [],
            on connection: isolated Connection
        ) throws {
            var announcements = people.sorted { $0.key < $1.key }.map { generation, users in
                var announcement = Announcement(
                    generation,
                    source.userIDCase,
                    tellsContacts: source.tellsContacts
                )
                announcement.add(users)
                return announcement
            }
            if !departments.isEmpty {
                announcements.append(Announcement(source.generation, source.userIDCase))
                announcements[announcements.count - 1].add(departments)
            }
            for announcement in announcements {
                for draft in announcement.drafts {
                    try append(isLast: false, on: connection)
                    held = (draft, announcement.generation)
                }
            }
        }

        mutating func finish(on connection: isolated Connection) throws {
            if held == nil { held = (DirectoryChanges.Draft(reserving: 0), source.generation) }
            try append(isLast: source.isWhole, on: connection)
        }

        private mutating func append(isLast: Bool, on connection: isolated Connection) throws {
            guard let part = held.take() else { return }
            count += 1
            let json = part.draft.finish(
                incarnation: source.incarnation,
                snapshot: DirectorySnapshot(part: count, isLast: isLast),
                generation: part.generation,
                userIDCase: source.userIDCase,
                sequence: source.lastSequence + Int64(count)
            )
            try publishing.outbox.append([publishing.record(json, from: envelope)], on: connection)
        }
    }

    private struct Source {
        let lastSequence: Int64
        let generation: Generation
        let userIDCase: UserIDCase
        let incarnation: Incarnation
        /// Whether whoever is not in the directory is gone.
        let isWhole: Bool
        /// Whether telephone numbers and addresses are told.
        let tellsContacts: Bool
    }

    /// The identity provider, if the directory can speak for all of it.
    private func source(_ id: IdentityProviderID, on connection: isolated Connection) throws -> Source? {
        let rows = try connection.run(
            """
            select s.change_sequence, s.generation, s.user_id_case, i.id, s.is_whole, s.tells_contacts
            from sources s, incarnation i
            where s.idp_id = \(id.uuid) and s.finished_epoch > 0 and not exists (
                select from runs r
                join partition_offsets p on p.topic = r.topic and p.partition = r.partition
                where r.idp_id = s.idp_id and r.epoch = s.epoch and p.next_offset < p.catch_up_to
            )
            """
        )
        guard let row = rows.first else { return nil }
        let (last, generation, userIDCase, incarnation, isWhole, tellsContacts) = try row.decode(
            Int64.self,
            Int64.self,
            String.self,
            UUID.self,
            Bool.self,
            Bool.self
        )
        return Source(
            lastSequence: last,
            generation: Generation(rawValue: generation),
            userIDCase: UserIDCase(rawValue: userIDCase) ?? .insensitive,
            incarnation: Incarnation(incarnation),
            isWhole: isWhole,
            tellsContacts: tellsContacts
        )
    }

    /// The next people after a key.
    static func people(of id: IdentityProviderID, after key: String) -> SQL {
        """
        select u.directory_key, u.generation, \(DirectoryChanges.UserChange.columns(of: id))
        from users u where u.idp_id = \(id.uuid) and u.directory_key > \(key)
        order by u.directory_key limit \(peopleAtOnce)
        """
    }

    private static func person(_ row: Row) throws -> (String, Generation, DirectoryChanges.UserChange) {
        let (key, generation) = try row.decode(String.self, Int64.self)
        return (key, Generation(rawValue: generation), try DirectoryChanges.UserChange(row.dropFirst(2)))
    }

    private func departments(
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.DepartmentChange] {
        let rows = try connection.run(
            """
            select external_id, parent_id, name, removed_at is not null from departments
            where idp_id = \(id.uuid) order by external_id
            """
        )
        return try rows.map { row in
            let (number, parent, name, isRemoved) = try row.decode(
                Int64.self,
                Int64?.self,
                String?.self,
                Bool.self
            )
            return DirectoryChanges.DepartmentChange(
                kind: isRemoved ? .disabled : .updated,
                externalID: number,
                parentID: parent,
                name: name
            )
        }
    }
}
