import FoundationEssentials
import Messages
import Postgres

extension DirectoryReading {
    /// What a run did to which object; `nil` where the run is not known, or not shown by the key.
    ///
    /// - Throws: ``PostgresError``.
    func objects(
        of run: RunID,
        _ filter: RunObjectFilter,
        limit: Int,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryRunObject>? {
        let runs = try await read(as: access) { connection in
            try connection.run(
                """
                select idp_id, epoch, (extract(epoch from requested_at) * 1000)::bigint, is_dry_run,
                    kind = 'apply' or outcome is null or (counts #>> '{users,created}')::bigint is distinct from 0
                from runs where run_id = \(run.uuid) order by epoch desc limit 1
                """
            )
        }
        guard let row = runs.first else { return nil }
        let (identityProvider, epoch, time, isDryRun, hasNewUsers) = try row.decode(
            UUID.self,
            Int64.self,
            Int64.self,
            Bool.self,
            Bool.self
        )
        guard !isDryRun else { return Page(items: [], nextCursor: nil) }
        let query = RunObjectsQuery(
            identityProvider: identityProvider,
            epoch: epoch,
            time: Timestamp(millisecondsSince1970: time).description,
            filter: filter,
            hasNewUsers: hasNewUsers,
            limit: limit + 1
        )
        let rows = try await read(as: access) { try query.rows(on: $0) }
        let objects = try rows.map { try DirectoryRunObject.read($0) }.sorted { $0.key.isBefore($1.key) }
        let page = objects.prefix(limit)
        let next = objects.count > limit ? page.last.map { RunObjectFilter.cursor(after: $0.key) } : nil
        let names = try await names(of: page.map(\.key), identityProvider, as: access)
        let named = page.map { object, key in
            var object = object
            object.name = names[key]
            return object
        }
        return Page(items: named, nextCursor: next)
    }

    /// What people call the objects, as far as the directory has them.
    private func names(
        of keys: [DirectoryObject],
        _ identityProvider: UUID,
        as access: DirectoryReaders.Access
    ) async throws -> [DirectoryObject: String] {
        let people = keys.filter { $0.kind == .user }.map(\.externalID)
        let departments = keys.compactMap(\.departmentID)
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                select 'user', directory_key, display_name from users
                where idp_id = \(identityProvider) and directory_key = any(\(people)) and display_name is not null
                union all
                select 'department', external_id::text, name from departments
                where idp_id = \(identityProvider) and external_id = any(\(departments)) and name is not null
                """
            )
        }
        return try rows.reduce(into: [:]) { names, row in
            let (kind, key, name) = try row.decode(String.self, String.self, String.self)
            names[DirectoryObject(kind == "user" ? .user : .department, key)] = name
        }
    }
}

/// Selects what ``DirectoryRunObject/read(_:)`` reads: what is noted of a run, and who and what came with it.
private struct RunObjectsQuery {
    let identityProvider: UUID
    let epoch: Int64
    let time: String
    let filter: RunObjectFilter
    /// False where everybody would be looked at in vain. A decision may make a person anew whom nobody counts as new.
    let hasNewUsers: Bool
    /// Rows of each part at most: the page, and one to tell that another follows.
    let limit: Int

    /// The rows of the page, and some behind it.
    func rows(on connection: isolated Connection) throws -> [Row] {
        let noted = try connection.run(noted)
        guard filter.change == nil || filter.change == .created else { return noted }
        var rows = noted
        if filter.kind != .user, filter.after?.kind != .user { rows += try connection.run(newDepartments) }
        guard filter.kind != .department, hasNewUsers else { return rows }
        // Where the page is full without them, those behind its last person need not be looked for among all who follow.
        let last = noted.count == limit ? try noted.last.map { try DirectoryRunObject.read($0).key } : nil
        if last?.kind == .department { return rows }
        // No index tells who came when. In the order of keys no more are read than the page needs, which PostgreSQL does
        // not expect.
        try connection.run("set local enable_sort = off")
        return try rows + connection.run(newUsers(upTo: last?.externalID ?? Self.lastKey))
    }

    /// No key comes after it.
    private static let lastKey = "\u{10FFFF}"

    private func newUsers(upTo last: String) -> SQL {
        let after = filter.after?.kind == .user ? filter.after?.externalID ?? "" : ""
        return """
            select 'user', directory_key, external_id, id, 'created', null, null, null, null
            from users
            where idp_id = \(identityProvider) and directory_key > \(after) and directory_key <= \(last)
                and created_at = \(time)::timestamptz
            order by directory_key limit \(limit)
            """
    }

    private var newDepartments: SQL {
        """
        select 'department', external_id::text, external_id::text, null, 'created', null, null, null, null
        from departments where idp_id = \(identityProvider) and created_at = \(time)::timestamptz
            and external_id::text collate "C" > \(filter.after?.externalID ?? "")
        order by external_id::text collate "C" limit \(limit)
        """
    }

    /// Whatever else happened to an object that came with the run: it came.
    private var noted: SQL {
        """
        select kind, object, external_id, user_id, change, reason, hold, before::text, after::text from run_objects o
        where idp_id = \(identityProvider) and epoch = \(epoch) and \(RunObjectRows.isTold)
            and (kind, object) > (\(filter.after?.kind.rawValue ?? ""), \(filter.after?.externalID ?? ""))
            and (\(filter.kind?.rawValue)::text is null or kind = \(filter.kind?.rawValue)::text)
            and (\(filter.change?.rawValue)::text is null or change = \(filter.change?.rawValue)::text)
            and case kind when 'user' then (
                select created_at from users u where u.idp_id = \(identityProvider) and u.directory_key = o.object
            ) else (
                select created_at from departments d
                where d.idp_id = \(identityProvider) and d.external_id = o.object::bigint
            ) end is distinct from \(time)::timestamptz
        order by kind, object limit \(limit)
        """
    }
}

extension DirectoryObject {
    /// By the bytes of the keys, as the database has it.
    fileprivate func isBefore(_ other: DirectoryObject) -> Bool {
        if kind != other.kind { return kind.rawValue < other.kind.rawValue }
        return externalID.utf8.lexicographicallyPrecedes(other.externalID.utf8)
    }
}
