import FoundationEssentials
import Messages
import Postgres
import Runtime

/// Reads the directory for one tenant, or for all, under row-level security.
struct DirectoryReading: Sendable {
    let database: Database
    /// How long it is kept what objects were.
    let historyDays: Int
    /// What was counted before.
    let known = DirectoryCounts()

    /// One page of a list.
    struct Page<Item: Encodable & Sendable>: Encodable, Sendable {
        let items: [Item]
        /// Where the next page starts; absent on the last.
        let nextCursor: String?
    }

    /// - Throws: ``PostgresError``.
    func users(
        of id: IdentityProviderID,
        after cursor: String,
        limit: Int,
        _ filter: DirectoryUserFilter,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryUser> {
        let search = DirectoryUserSearch(provider: id, filter: filter, cursor: cursor, limit: limit + 1)
        let rows = try await read(as: access) { connection in
            let condition: SQL =
                filter.isSearch
                ? "u.idp_id = \(id.uuid) and u.directory_key = any(\(try search.keys(on: connection)))"
                : "\(filter.range(of: id, after: cursor)) and \(filter.match)"
            return try connection.run(
                DirectoryUser.query("where \(condition) order by u.directory_key limit \(limit + 1)", of: id)
            )
        }
        let users = try rows.map { try DirectoryUser.read($0) }
        let page = users.prefix(limit)
        return Page(items: page.map(\.user), nextCursor: users.count > limit ? page.last?.key : nil)
    }

    /// - Throws: ``PostgresError``.
    func user(
        _ id: UserID,
        in provider: IdentityProviderID?,
        as access: DirectoryReaders.Access
    ) async throws -> DirectoryUser? {
        let condition: SQL = "where u.id = \(id.uuid) and u.idp_id = coalesce(\(provider?.uuid)::uuid, u.idp_id)"
        let rows = try await read(as: access) { try $0.run(DirectoryUser.query(condition, of: provider)) }
        return try rows.first.map { try DirectoryUser.read($0).user }
    }

    /// - Parameter wanted: The numbers of those that are asked for; nil for all.
    /// - Throws: ``PostgresError``.
    func departments(
        of id: IdentityProviderID,
        _ wanted: [Int64]? = nil,
        after cursor: Int64,
        limit: Int,
        countingPeople: Bool,
        as access: DirectoryReaders.Access
    ) async throws -> Page<DirectoryDepartment> {
        let counts = countingPeople ? try await counts(of: id, as: access) : nil
        let condition: SQL = wanted.map { " and external_id = any(\($0))" } ?? ""
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                select external_id, parent_id, name, english_name, sort_order, coalesce(leaders, '{}'),
                    (extract(epoch from updated_at) * 1000)::bigint, removed_at is not null
                from departments
                where idp_id = \(id.uuid) and external_id > \(cursor)\(condition)
                order by external_id limit \(limit + 1)
                """
            )
        }
        let departments = try rows.map { try DirectoryDepartment($0, counts) }
        let page = departments.prefix(limit)
        return Page(
            items: Array(page),
            nextCursor: departments.count > limit ? page.last.map { "\($0.externalID)" } : nil
        )
    }

    /// - Throws: ``PostgresError``.
    func summary(of id: IdentityProviderID, as access: DirectoryReaders.Access) async throws -> DirectorySummary? {
        guard let counts = try await counts(of: id, as: access) else { return nil }
        let rows = try await read(as: access) { connection in
            try connection.run(
                """
                select s.epoch,
                    (select r.outcome from runs r where r.idp_id = s.idp_id order by r.epoch desc limit 1)
                from sources s where s.idp_id = \(id.uuid)
                """
            )
        }
        return try rows.first.map { try DirectorySummary($0, counts) }
    }

    /// Whether there is a directory of the identity provider, as far as the key shows.
    ///
    /// - Throws: ``PostgresError``.
    func holds(_ id: IdentityProviderID, as access: DirectoryReaders.Access) async throws -> Bool {
        let rows = try await read(as: access) { connection in
            try connection.run("select 1 from sources where idp_id = \(id.uuid)")
        }
        return !rows.isEmpty
    }

    func read<Value: Sendable>(
        as access: DirectoryReaders.Access,
        within limit: Duration? = nil,
        _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        try await database.transaction(within: limit) { connection in
            try connection.run("set local role \(identifier: DirectorySchema.readerRole)")
            try connection.run("select set_config('directory.tenant', \(access.setting), true)")
            return try body(connection)
        }
    }
}

extension Problem {
    /// 404: there is no directory of the identity provider, or the key does not show it.
    static func noDirectory(of id: IdentityProviderID) -> Problem {
        .notFound("There is no directory of the identity provider \(id).")
    }
}
