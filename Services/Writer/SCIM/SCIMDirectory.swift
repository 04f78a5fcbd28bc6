import FoundationEssentials
import Messages
import Postgres
import Runtime

/// Reads the directory of one tenant as SCIM shows it, under row-level security.
struct SCIMDirectory: Sendable {
    let directory: DirectoryReading

    /// How long a list may be looked for: a filter can be made that takes any time.
    private static let patience = Duration.seconds(10)

    /// One page of a list.
    struct Page: Sendable {
        let total: Int
        let resources: [SCIMResource]
        /// Where the next page begins; nil on the last.
        let next: SCIMCursor?
        /// Up to when everything that runs changed was there before the page was read.
        let complete: Timestamp
    }

    /// - Parameter base: The URL that all of SCIM is below.
    /// - Throws: ``PostgresError``, ``Problem`` 400 where it takes too long.
    func page(
        of kind: SCIMResourceKind,
        _ query: SCIMQuery,
        at base: String,
        as access: DirectoryReaders.Access
    ) async throws -> Page {
        do {
            return try await read(kind, query, at: base, as: access)
        } catch let error as PostgresError where error.code == .timedOut {
            throw SCIMProblem.refused(.tooMany, "This takes too long to find: ask for less, or by another filter.")
        }
    }

    private func read(
        _ kind: SCIMResourceKind,
        _ query: SCIMQuery,
        at base: String,
        as access: DirectoryReaders.Access
    ) async throws -> Page {
        try await directory.read(as: access, within: Self.patience) { connection in
            let complete = try Self.complete(connection)
            let parts = try Self.counts(of: kind, query.condition, on: connection)
            var resources: [SCIMResource] = []
            var (last, skipped): (SCIMCursor?, Int) = (nil, query.skipped)
            var hasMore = false
            for part in parts where query.reaches(part.identityProvider) {
                guard skipped < part.count else {
                    skipped -= part.count
                    continue
                }
                // One more than is asked for tells whether there is another page.
                let limit = query.count - resources.count + 1
                let reading = SCIMReading(identityProvider: part.identityProvider, base: base)
                let found = try reading.resources(
                    kind,
                    query.condition(in: part.identityProvider),
                    limit: limit,
                    skipping: skipped,
                    withMembers: query.projection.includes("members"),
                    on: connection
                )
                skipped = 0
                hasMore = found.count == limit
                let taken = found.prefix(limit - 1)
                resources += taken.map(\.resource)
                if let place = taken.last?.place { last = SCIMCursor(after: place, of: part.identityProvider) }
                if hasMore { break }
            }
            return Page(
                total: parts.reduce(0) { $0 + $1.count },
                resources: resources,
                next: hasMore ? last ?? query.cursor : nil,
                complete: complete
            )
        }
    }

    /// - Returns: nil where the key shows no such resource.
    /// - Throws: ``PostgresError``.
    func resource(
        _ kind: SCIMResourceKind,
        _ id: String,
        at base: String,
        as access: DirectoryReaders.Access
    ) async throws -> SCIMResource? {
        switch kind {
        case .users:
            guard let id = UserID(id) else { return nil }
            return try await user(id, at: base, as: access)
        case .groups:
            guard let id = SCIMGroupID(id) else { return nil }
            return try await directory.read(as: access, within: Self.patience) { connection in
                try SCIMReading(identityProvider: id.identityProvider, base: base)
                    .resources(.groups, "d.external_id = \(id.department)", limit: 1, on: connection).first?.resource
            }
        }
    }

    private func user(_ id: UserID, at base: String, as access: DirectoryReaders.Access) async throws -> SCIMResource? {
        try await directory.read(as: access, within: Self.patience) { connection in
            let rows = try connection.run(
                "select u.idp_id from directory.users u where u.id = \(id.uuid) order by u.idp_id limit 1"
            )
            guard let provider = try rows.first.map({ IdentityProviderID(try $0.decode(UUID.self)) }) else {
                return nil
            }
            return try SCIMReading(identityProvider: provider, base: base)
                .resources(.users, "u.id = \(id.uuid)", limit: 1, on: connection).first?.resource
        }
    }

    /// The keys of extended fields that people have values of.
    ///
    /// - Throws: ``PostgresError``.
    func extendedFields(as access: DirectoryReaders.Access) async throws -> [String] {
        try await directory.read(as: access, within: Self.patience) { connection in
            try connection.run(
                """
                select distinct f.key from directory.sources s
                join directory.users u on u.idp_id = s.idp_id, jsonb_object_keys(u.attributes) f (key) order by f.key
                """
            ).map { try $0.decode(String.self) }
        }
    }

    /// How many resources each identity provider has, in the order in which they are told.
    private static func counts(
        of kind: SCIMResourceKind,
        _ condition: SQL?,
        on connection: isolated Connection
    ) throws -> [(identityProvider: IdentityProviderID, count: Int)] {
        let condition: SQL = condition.map { "and \($0)" } ?? ""
        let count: SQL =
            switch kind {
            case .users: "select count(*) from directory.users u where u.idp_id = s.idp_id \(condition)"
            case .groups:
                """
                select count(*) from directory.departments d
                where d.idp_id = s.idp_id and d.removed_at is null \(condition)
                """
            }
        return try connection.run("select s.idp_id, (\(count)) from directory.sources s order by s.idp_id").map { row in
            let (id, count) = try row.decode(UUID.self, Int.self)
            return (IdentityProviderID(id), count)
        }
    }

    /// Rows have the time at which their run was asked for, and are there some while later. What a run that is not over
    /// has yet to write is of a later time than the run before; a minute is for clocks that differ.
    private static func complete(_ connection: isolated Connection) throws -> Timestamp {
        let rows = try connection.run(
            """
            select (extract(epoch from min(past.at) - interval '1 minute') * 1000)::bigint from (
                select coalesce((
                    select max(r.requested_at) from directory.runs r
                    where r.idp_id = s.idp_id and r.outcome is not null and r.epoch < coalesce((
                        select min(a.epoch) from directory.runs a where a.idp_id = s.idp_id and a.outcome is null
                    ), r.epoch + 1)
                ), 'epoch') as at
                from directory.sources s
                -- Of a deleted one nothing more is written once its last run is over.
                where s.deleted_at is null or exists (
                    select from directory.runs a where a.idp_id = s.idp_id and a.outcome is null
                )
            ) past
            """
        )
        let time: Int64? = try rows[0].decode(Int64?.self)
        return Timestamp(millisecondsSince1970: max(time ?? 0, 0))
    }
}

extension SCIMQuery {
    /// How many resources stand before the page.
    var skipped: Int {
        if case .index(let index) = page { index - 1 } else { 0 }
    }

    /// Behind which one the page begins.
    var cursor: SCIMCursor? {
        if case .cursor(let cursor) = page { cursor } else { nil }
    }

    /// Whether the page can have any of that identity provider's.
    func reaches(_ identityProvider: IdentityProviderID) -> Bool {
        guard let cursor else { return true }
        return cursor.identityProvider <= identityProvider
    }

    /// What is asked for of that identity provider.
    func condition(in identityProvider: IdentityProviderID) -> SQL? {
        guard let cursor, cursor.identityProvider == identityProvider else { return condition }
        let after: SQL =
            switch cursor.place {
            case .user(let id): "u.id > \(id.uuid)"
            case .department(let number): "d.external_id > \(number)"
            }
        return condition.map { "\(after) and \($0)" } ?? after
    }
}
