import Messages
import Postgres

extension SourceIndex {
    /// Reads the index of an identity provider from its rows.
    ///
    /// - Parameters:
    ///   - selection: Which part of it.
    ///   - terms: Of the run: people of earlier corps are as good as removed, and after the grace period a user id may be
    ///     another human's.
    ///   - requestedAt: When the run was asked for.
    ///   - time: The time of the run's rows, if it has written some already.
    /// - Throws: ``PostgresError``.
    static func load(
        _ identityProvider: IdentityProviderID,
        _ selection: IndexSelection,
        _ terms: RunTerms,
        at requestedAt: Timestamp,
        writtenAt time: Timestamp? = nil,
        from database: Database
    ) async throws -> SourceIndex {
        guard selection != .nothing else { return SourceIndex() }
        return try await database.transaction { connection in
            try load(identityProvider, selection, terms, at: requestedAt, writtenAt: time, on: connection)
        }
    }

    /// As ``load(_:_:_:at:writtenAt:from:)``, in a transaction.
    ///
    /// - Throws: ``PostgresError``.
    static func load(
        _ identityProvider: IdentityProviderID,
        _ selection: IndexSelection,
        _ terms: RunTerms,
        at requestedAt: Timestamp,
        writtenAt time: Timestamp? = nil,
        on connection: isolated Connection
    ) throws -> SourceIndex {
        let time = time?.description
        let grace = terms.grace(before: requestedAt).description
        var users = try formerUsers(
            of: identityProvider,
            selection,
            terms.generation,
            goneBefore: grace,
            on: connection
        )
        var pastUsers = 0
        try connection.forEachRow(
            """
            select directory_key, content_hash, likeness, \(RowFlags.columns(terms, goneBefore: grace, writtenAt: time))
            from users where idp_id = \(identityProvider.uuid) and \(selection.users)
            """
        ) { row in
            let flags = RowFlags(rawValue: try row.int64(3))
            let (isPast, isRemoved) = (flags.contains(.isPast), flags.contains(.isRemoved))
            if isPast, !isRemoved { pastUsers += 1 }
            let entry = Entry(
                contentHash: try row.digest(1),
                isStored: true,
                isRemoved: isRemoved || isPast,
                isEnabled: flags.contains(.isEnabled),
                wasPresent: !isRemoved && !isPast && !flags.contains(.isCreated),
                isPast: isPast,
                isLongGone: flags.contains(.isLongGone),
                likeness: Likeness(rawValue: try row.int64(2)),
                written: flags.contains(.isCreated) ? .created : flags.contains(.isUpdated) ? .updated : nil
            )
            users.updateValue(entry, forKey: try row.withBytes(0) { ContentDigest(of: $0) })
        }
        try noteDecisions(in: &users, of: identityProvider, on: connection)
        var departments: [Int64: Entry] = [:]
        try connection.forEachRow(
            """
            select external_id, content_hash, removed_at is not null,
                coalesce(created_at = \(time)::timestamptz, false),
                coalesce(updated_at = \(time)::timestamptz, false)
            from departments where idp_id = \(identityProvider.uuid) and \(selection.departments)
            """
        ) { row in
            departments[try row.int64(0)] = Entry(
                contentHash: try row.digest(1),
                isStored: true,
                isRemoved: try row.bool(2),
                isEnabled: true,
                wasPresent: try !row.bool(2) && !row.bool(3),
                written: try written(row, created: 3, updated: 4)
            )
        }
        let pages = selection == .all ? try pages(of: identityProvider, on: connection) : [:]
        let rules = try rules(of: identityProvider, on: connection)
        return SourceIndex(
            users: users,
            departments: departments,
            pages: pages,
            copies: try copies(of: identityProvider, on: connection),
            pastUsers: pastUsers,
            mapping: rules.mapping,
            userIDCase: rules.userIDCase
        )
    }

    /// The keys of people whose rows are gone.
    private static func formerUsers(
        of identityProvider: IdentityProviderID,
        _ selection: IndexSelection,
        _ generation: Generation,
        goneBefore grace: String,
        on connection: isolated Connection
    ) throws -> DigestTable<Entry> {
        var users = DigestTable(placeholder: Entry.unknown)
        try connection.forEachRow(
            """
            select key_digest, id is null, removed_at < \(grace)::timestamptz, likeness from former_users
            where idp_id = \(identityProvider.uuid) and generation = \(generation.rawValue)
                and \(selection.formerUsers)
            """
        ) { row in
            var entry = Entry.unknown
            (entry.isFormer, entry.isMoved, entry.isLongGone) = (true, try row.bool(1), try row.bool(2))
            entry.likeness = Likeness(rawValue: try row.int64(3))
            users.updateValue(entry, forKey: try row.digest(0))
        }
        return users
    }

    /// Notes about whose records somebody may still decide, as runs before held them back, and who keeps access, as
    /// somebody decided so: few, of whom nothing else is read.
    private static func noteDecisions(
        in users: inout DigestTable<Entry>,
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        let rows = try connection.run(
            """
            select object, (entry ->> 'isReused')::boolean from missing
            where idp_id = \(identityProvider.uuid) and kind = 'user' and ((entry ->> 'isReused')::boolean
                or state = 'kept' and entry ->> 'reason' = \(LossReason.disabledInWeCom.rawValue))
            """
        )
        for row in rows {
            let (object, isReused) = try row.decode(String.self, Bool.self)
            let key = ContentDigest(of: object)
            guard var entry = users[key] else { continue }
            if isReused { entry.isDoubted = true } else { entry.isSpared = true }
            users.updateValue(entry, forKey: key)
        }
    }

    /// By which rules the last full run was mapped, and how its ids were compared.
    private static func rules(
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> (mapping: MappingNumber?, userIDCase: UserIDCase?) {
        let rows = try connection.run(
            """
            select mapping, coalesce(judged_case, user_id_case) from sources
            where idp_id = \(identityProvider.uuid)
            """
        )
        guard let row = rows.first else { return (nil, nil) }
        let (mapping, userIDCase) = try row.decode(Int64?.self, String.self)
        return (mapping.map { MappingNumber(rawValue: $0) }, UserIDCase(rawValue: userIDCase))
    }

    private static func copies(
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [ContentDigest: Set<ContentDigest>] {
        var copies: [ContentDigest: Set<ContentDigest>] = [:]
        try connection.forEachRow(
            "select directory_key, content_hash from copies where idp_id = \(identityProvider.uuid)"
        ) { row in
            copies[try row.withBytes(0) { ContentDigest(of: $0) }, default: []].insert(try row.digest(1))
        }
        return copies
    }

    private static func pages(
        of identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [PageID: StoredPage] {
        var pages: [PageID: StoredPage] = [:]
        try connection.forEachRow(
            """
            select department_id, part, digest, mapping, content, filtered
            from pages where idp_id = \(identityProvider.uuid)
            """
        ) { row in
            pages[PageID(department: try row.int64(0), part: Int(try row.int64(1)))] = StoredPage(
                digest: try row.digest(2),
                mapping: try row.digest(3),
                content: try row.digest(4),
                filtered: try row.digests(5)
            )
        }
        return pages
    }

    private static func written(_ row: borrowing RowView, created: Int, updated: Int) throws -> Verdict? {
        if try row.bool(created) { return .created }
        return try row.bool(updated) ? .updated : nil
    }
}

/// What a person's row says, in one column: each one more costs a fifth of the time that reading them all takes.
private struct RowFlags: OptionSet {
    let rawValue: Int64

    static let isRemoved = RowFlags(rawValue: 1)
    static let isEnabled = RowFlags(rawValue: 2)
    static let isPast = RowFlags(rawValue: 4)
    static let isLongGone = RowFlags(rawValue: 8)
    /// Whether the run under way has made the row.
    static let isCreated = RowFlags(rawValue: 16)
    /// Whether the run under way has changed the row.
    static let isUpdated = RowFlags(rawValue: 32)

    /// The column.
    static func columns(_ terms: RunTerms, goneBefore grace: String, writtenAt time: String?) -> SQL {
        """
        case when removed_at is null then 0
            when removed_at < \(grace)::timestamptz and not is_kept then \(isRemoved.union(isLongGone).rawValue)
            else \(isRemoved.rawValue) end
        + case when status in (1, 4) then \(isEnabled.rawValue) else 0 end
        + case when generation < \(terms.generation.rawValue) then \(isPast.rawValue) else 0 end
        + case when created_at = \(time)::timestamptz then \(isCreated.rawValue) else 0 end
        + case when updated_at = \(time)::timestamptz then \(isUpdated.rawValue) else 0 end
        """
    }
}

extension RunTerms {
    /// Who was removed earlier than this is gone for longer than the grace period, seen from `time`.
    fileprivate func grace(before time: Timestamp) -> Timestamp {
        Timestamp(millisecondsSince1970: time.millisecondsSince1970 - Int64(safetyLimits.graceDays) * 86_400_000)
    }
}

extension RowView {
    /// The digest in a column of sixteen bytes; anything else is taken as unequal to all.
    fileprivate func digest(_ column: Int) throws -> ContentDigest {
        try withBytes(column) { ContentDigest(bytes: $0) } ?? .zero
    }

    /// Digests one after the other.
    fileprivate func digests(_ column: Int) throws -> [ContentDigest] {
        let bytes = try bytes(column)
        return stride(from: 0, to: bytes.count - bytes.count % 16, by: 16)
            .compactMap { ContentDigest(bytes: bytes[$0..<$0 + 16].span) }
    }
}
