import FoundationEssentials
import Messages
import Postgres
import Runtime
import Synchronization

/// Reads the directory of one tenant as SCIM shows it, under row-level security.
struct SCIMDirectory: Sendable {
    let directory: DirectoryReading
    private let patience: Duration
    private let mostMembers: Int
    /// One question of each tenant's at a time, so that no tenant takes the connections of all. Each that waits is answered
    /// in bounded time, and so all of them are.
    private let turns = Turns<DirectoryReaders.Access>(atOnce: 1, longestLine: 8)

    /// - Parameters:
    ///   - patience: How long a list may be looked for: a filter can be made that takes any time.
    ///   - mostMembers: How many members of departments a page names: further departments come with the next one.
    init(directory: DirectoryReading, patience: Duration = .seconds(10), mostMembers: Int = 10_000) {
        self.directory = directory
        self.patience = patience
        self.mostMembers = mostMembers
    }

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
        try await inTurn(as: access) { connection in
            let complete = try Self.complete(connection)
            let parts = try Self.parts(of: kind, query, on: connection)
            let total = query.cursor?.total ?? parts.reduce(0) { $0 + ($1.count ?? 0) }
            var page = SCIMReading.Found()
            var (last, skipped) = (query.cursor?.last, query.skipped)
            for part in parts where query.reaches(part.identityProvider) {
                if let count = part.count, skipped >= count {
                    skipped -= count
                    continue
                }
                let room = mostMembers - page.members
                // A department's people are told together, however many they are: those of one may go beyond.
                guard room > 0 || !query.projection.includes("members") else {
                    page.hasMore = true
                    break
                }
                let found = try SCIMReading(identityProvider: part.identityProvider, base: base).resources(
                    kind,
                    query.condition(in: part.identityProvider),
                    limit: query.count - page.all.count,
                    skipping: skipped,
                    query.projection.includes("members") ? .upTo(room) : .left,
                    on: connection
                )
                skipped = 0
                page.all += found.all
                page.members += found.members
                page.hasMore = found.hasMore
                if let place = found.all.last?.place {
                    last = SCIMCursor.Last(identityProvider: part.identityProvider, place: place)
                }
                if page.hasMore { break }
            }
            return Page(
                total: total,
                resources: page.all.map(\.resource),
                next: page.hasMore ? SCIMCursor(after: last, of: total) : nil,
                complete: complete
            )
        }
    }

    /// - Parameter withMembers: Whether it is said who is in a department.
    /// - Returns: nil where the key shows no such resource.
    /// - Throws: ``PostgresError``.
    func resource(
        _ kind: SCIMResourceKind,
        _ id: String,
        withMembers: Bool = true,
        at base: String,
        as access: DirectoryReaders.Access
    ) async throws -> SCIMResource? {
        switch kind {
        case .users:
            guard let id = UserID(id) else { return nil }
            return try await user(id, at: base, as: access)
        case .groups:
            guard let id = SCIMGroupID(id) else { return nil }
            return try await inTurn(as: access) { connection in
                try SCIMReading(identityProvider: id.identityProvider, base: base).resources(
                    .groups,
                    "d.external_id = \(id.department)",
                    limit: 1,
                    withMembers ? .upTo(.max) : .left,
                    on: connection
                ).all.first?.resource
            }
        }
    }

    private func user(_ id: UserID, at base: String, as access: DirectoryReaders.Access) async throws -> SCIMResource? {
        try await inTurn(as: access) { connection in
            let rows = try connection.run(
                "select u.idp_id from users u where u.id = \(id.uuid) order by u.idp_id limit 1"
            )
            guard let provider = try rows.first.map({ IdentityProviderID(try $0.decode(UUID.self)) }) else {
                return nil
            }
            return try SCIMReading(identityProvider: provider, base: base)
                .resources(.users, "u.id = \(id.uuid)", limit: 1, on: connection).all.first?.resource
        }
    }

    /// The keys of extended fields that people have values of.
    ///
    /// - Throws: ``PostgresError``.
    func extendedFields(as access: DirectoryReaders.Access) async throws -> [String] {
        try await inTurn(as: access) { connection in
            try connection.run(
                """
                select distinct f.key from sources s
                join users u on u.idp_id = s.idp_id, jsonb_object_keys(u.attributes) f (key) order by f.key
                """
            ).map { try $0.decode(String.self) }
        }
    }

    /// Reads when the tenant's turn has come and a connection is free.
    ///
    /// - Throws: ``Problem`` 503 where either does not come soon, 400 where what is asked for takes too long.
    private func inTurn<Value: Sendable>(
        as access: DirectoryReaders.Access,
        _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        guard await turns.enter(access) else { throw Self.busy }
        defer { turns.leave(access) }
        let asked = ContinuousClock.now
        let begun = Atomic(false)
        do {
            return try await directory.read(as: access, within: patience) { connection in
                // Who had to wait long for a connection is not told that the question is at fault.
                begun.store(.now - asked < patience / 2, ordering: .relaxed)
                return try body(connection)
            }
        } catch let error as PostgresError where error.code == .timedOut {
            guard begun.load(ordering: .relaxed) else { throw Self.busy }
            throw SCIMProblem.refused(.tooMany, "This takes too long to find: ask for less, or by another filter.")
        }
    }

    private static let busy = Problem.unavailable("Too much is asked for at once.")

    /// Whose resources a page can have, in the order in which they are told, and how many each has; nil where that was counted
    /// when the walk began.
    private static func parts(
        of kind: SCIMResourceKind,
        _ query: SCIMQuery,
        on connection: isolated Connection
    ) throws -> [(identityProvider: IdentityProviderID, count: Int?)] {
        let condition: SQL = query.condition.map { "and \($0)" } ?? ""
        let count: SQL =
            switch kind {
            case _ where query.cursor != nil: "null::bigint"
            case .users: "select count(*) from users u where u.idp_id = s.idp_id \(condition)"
            case .groups:
                """
                select count(*) from departments d
                where d.idp_id = s.idp_id and d.removed_at is null \(condition)
                """
            }
        return try connection.run("select s.idp_id, (\(count)) from sources s order by s.idp_id").map { row in
            let (id, count) = try row.decode(UUID.self, Int?.self)
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
                    select max(r.requested_at) from runs r
                    where r.idp_id = s.idp_id and r.outcome is not null and r.epoch < coalesce((
                        select min(a.epoch) from runs a where a.idp_id = s.idp_id and a.outcome is null
                    ), r.epoch + 1)
                ), 'epoch') as at
                from sources s
                -- Of a deleted one nothing more is written once its last run is over.
                where s.deleted_at is null or exists (
                    select from runs a where a.idp_id = s.idp_id and a.outcome is null
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
        guard let last = cursor?.last else { return true }
        return last.identityProvider <= identityProvider
    }

    /// What is asked for of that identity provider.
    func condition(in identityProvider: IdentityProviderID) -> SQL? {
        guard let last = cursor?.last, last.identityProvider == identityProvider else { return condition }
        let after: SQL =
            switch last.place {
            case .user(let id): "u.id > \(id.uuid)"
            case .department(let number): "d.external_id > \(number)"
            }
        return condition.map { "\(after) and \($0)" } ?? after
    }
}
