import FoundationEssentials
import Hummingbird
import Messages
import Postgres
import Runtime

/// One thing that became of a person or a department, as the read API shows it.
struct DirectoryHistoryEntry: Encodable, Sendable {
    /// By which run, while that is known.
    let run: RunID?
    let epoch: Int64?
    /// When the run was asked for, or the grace period was over.
    let at: Timestamp
    /// What a run did (``RunChange``), or `deleted`.
    let change: String
    let reason: String?
    let hold: String?
    /// Of what was changed, what it was.
    let before: ObjectValues?
    /// Of what was changed, what it became.
    let after: ObjectValues?

    /// - Throws: ``PostgresError`` or `DecodingError` when the row is not of the query.
    fileprivate static func read(_ row: Row) throws -> (entry: DirectoryHistoryEntry, cursor: HistoryCursor) {
        let (run, epoch, at, turn, change, reason, hold, before, after) = try row.decode(
            UUID?.self,
            Int64?.self,
            Int64.self,
            Int.self,
            String.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self
        )
        let values = try ObjectValues.change(before, after)
        let entry = DirectoryHistoryEntry(
            run: run.map { RunID($0) },
            epoch: epoch,
            at: Timestamp(millisecondsSince1970: at),
            change: change,
            reason: reason,
            hold: hold,
            before: values.before,
            after: values.after
        )
        return (entry, HistoryCursor(at: at, epoch: epoch ?? 0, turn: turn))
    }
}

/// Where a page of a history ended: by time, by run, and within a run what came first.
struct HistoryCursor: Sendable {
    let at: Int64
    let epoch: Int64
    let turn: Int

    /// Before all of a history, which begins with what is newest.
    static let newest = HistoryCursor(at: .max, epoch: .max, turn: 9)

    var text: String { "\(at).\(epoch).\(turn)" }
}

extension HistoryCursor {
    /// Throws 400 when the request's is none.
    init(_ request: Request) throws {
        guard let text = request.query["cursor"] else {
            self = .newest
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let at = Int64(parts[0]), let epoch = Int64(parts[1]), let turn = Int(parts[2]),
            (0...9).contains(turn)
        else {
            throw Problem.invalid([.cursor])
        }
        self.init(at: at, epoch: epoch, turn: turn)
    }
}

extension DirectoryReading {
    /// What became of a person, the newest first; `nil` where nothing is known of the person.
    ///
    /// - Parameter id: The identity provider whose person is meant; nil for any.
    /// - Throws: ``PostgresError``.
    func history(
        of user: UserID,
        in id: IdentityProviderID?,
        after cursor: HistoryCursor,
        limit: Int,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryHistoryEntry>? {
        try await history(
            """
            select * from (
                select o.idp_id, o.epoch, o.at, 1 as turn, o.change, o.reason, o.hold, o.before, o.after
                from run_objects o where o.user_id = \(user.uuid) and \(RunObjectRows.isTold)
                union all
                select u.idp_id, null, u.created_at, 0, 'created', null, null, null, null
                from users u where u.id = \(user.uuid)
                union all
                select d.idp_id, d.epoch, d.at, 2, 'deleted', null, null, d.image, null
                from deleted_objects d where d.user_id = \(user.uuid) and not exists (
                    -- Who has another user id has not gone.
                    select from run_objects r
                    where r.user_id = d.user_id and r.idp_id = d.idp_id and r.epoch = d.epoch and r.before ? 'id'
                )
            ) theirs where idp_id = coalesce(\(id?.uuid)::uuid, idp_id)
            """,
            after: cursor,
            limit: limit,
            as: access
        )
    }

    /// What became of a department, the newest first; `nil` where nothing is known of it.
    ///
    /// - Throws: ``PostgresError``.
    func history(
        of department: Int64,
        in id: IdentityProviderID,
        after cursor: HistoryCursor,
        limit: Int,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryHistoryEntry>? {
        let object = String(department)
        return try await history(
            """
            select o.idp_id, o.epoch, o.at, 1 as turn, o.change, o.reason, o.hold, o.before, o.after
            from run_objects o
            where o.idp_id = \(id.uuid) and o.kind = 'department' and o.object = \(object) and \(RunObjectRows.isTold)
            union all
            select d.idp_id, null, d.created_at, 0, 'created', null, null, null, null
            from departments d where d.idp_id = \(id.uuid) and d.external_id = \(department)
            union all
            select d.idp_id, d.epoch, d.at, 2, 'deleted', null, null, d.image, null
            from deleted_objects d
            where d.idp_id = \(id.uuid) and d.kind = 'department' and d.object = \(object)
            """,
            after: cursor,
            limit: limit,
            as: access
        )
    }

    private func history(
        _ entries: SQL,
        after cursor: HistoryCursor,
        limit: Int,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryHistoryEntry>? {
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                with entries as (\(entries)), told as (
                    select r.run_id, coalesce(e.epoch, r.epoch) as epoch,
                        (extract(epoch from e.at) * 1000)::bigint as at, e.turn, e.change, e.reason, e.hold,
                        e.before::text as before, e.after::text as after
                    from entries e left join lateral (
                        select run_id, epoch from runs r
                        where r.idp_id = e.idp_id and (
                            r.epoch = e.epoch or e.change = 'created' and e.epoch is null and r.requested_at = e.at
                                and not r.is_dry_run
                        ) limit 1
                    ) r on true
                )
                select * from told
                where (at, coalesce(epoch, 0), turn) < (\(cursor.at), \(cursor.epoch), \(cursor.turn))
                order by at desc, coalesce(epoch, 0) desc, turn desc limit \(limit + 1)
                """
            )
        }
        let entries = try rows.map { try DirectoryHistoryEntry.read($0) }
        if entries.isEmpty, cursor.at == .max { return nil }
        let page = entries.prefix(limit)
        return Page(items: page.map(\.entry), nextCursor: entries.count > limit ? page.last?.cursor.text : nil)
    }
}
