public import FoundationEssentials
public import Messages
public import Postgres

/// One reading of the topic; each begins with empty tables, so that nothing of one that was broken off is taken for whole.
public struct RebuildAttempt: Sendable {
    /// The rebuild.
    public let id: UUID
    /// Counted from 1.
    public let number: Int
    /// Whose part is rebuilt; everybody's where it is `nil`.
    public let identityProvider: IdentityProviderID?
    /// Whether what was rebuilt takes the place of what is in use.
    public let switches: Bool
    private let schema: RebuildSchema

    /// After so many attempts that failed or were broken off a rebuild is given up.
    static let limit = 5

    /// Another attempt has begun, or the rebuild is over: whoever is at this one ends without writing anything.
    public struct Overtaken: Error, CustomStringConvertible {
        /// What happened.
        public var description: String { "another attempt of the rebuild has begun, or it was taken back" }
    }

    /// Keeps any other attempt from beginning until the transaction ends, whichever schema the connection is of.
    ///
    /// - Throws: ``Overtaken``, `PostgresError`.
    public func hold(on connection: isolated Connection) throws {
        let rows = try connection.run("select 1 from \(schema.rebuild) where \(isThis) for share")
        guard !rows.isEmpty else { throw Overtaken() }
    }

    private var isThis: SQL { "id = \(id) and attempt = \(number) and done_at is null" }
}

extension RebuildAttempt {
    /// Begins the next attempt. Once the transaction has committed no earlier one writes anything any more, and none is
    /// about to.
    ///
    /// - Returns: `nil` where there is nothing to rebuild, or that was tried often enough.
    static func begin(in schema: RebuildSchema, on connection: isolated Connection) throws -> RebuildAttempt? {
        let rows = try connection.run(
            """
            update \(schema.rebuild) set attempt = attempt + 1, failures = failures + 1
            where done_at is null and failures < \(limit)
            returning id, attempt, idp_id, switches
            """
        )
        guard let row = rows.first else { return nil }
        let (id, number, idp, switches) = try row.decode(UUID.self, Int.self, UUID?.self, Bool.self)
        try connection.run("delete from \(schema.results)")
        return RebuildAttempt(
            id: id,
            number: number,
            identityProvider: idp.map { IdentityProviderID($0) },
            switches: switches,
            schema: schema
        )
    }

    /// Ends a rebuild whose last attempt was broken off without a word, as by a crash.
    ///
    /// - Returns: Whether there was such a one.
    static func giveUp(in schema: RebuildSchema, on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            """
            update \(schema.rebuild) set done_at = now(),
                trouble = coalesce(trouble, 'it was broken off again and again')
            where done_at is null and failures >= \(limit) returning 1
            """
        )
        return !rows.isEmpty
    }

    /// Keeps why the attempt failed; the last one that there may be ends the rebuild. Of one that was overtaken nothing is
    /// kept.
    ///
    /// - Parameter counts: Whether it is one of those after which the rebuild is given up.
    /// - Returns: Whether the rebuild is given up now.
    func fail(because trouble: String, counts: Bool, on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            """
            update \(schema.rebuild)
            set trouble = \(trouble), failures = failures - case when \(counts) then 0 else 1 end,
                done_at = case when \(counts) and failures >= \(Self.limit) then now() end
            where \(isThis) returning done_at is not null
            """
        )
        return try rows.first?.decode(Bool.self) ?? false
    }

    /// Keeps that the attempt was stopped, as when its instance is: nothing failed, so that it does not count.
    func stop(on connection: isolated Connection) throws {
        try connection.run("update \(schema.rebuild) set failures = failures - 1 where \(isThis)")
    }

    /// Ends the rebuild, which came to what its results say.
    ///
    /// - Throws: ``Overtaken``, `PostgresError`.
    func finish(on connection: isolated Connection) throws {
        let rows = try connection.run(
            "update \(schema.rebuild) set done_at = now(), trouble = null where \(isThis) returning 1"
        )
        guard !rows.isEmpty else { throw Overtaken() }
    }

    /// Keeps what the rebuild came to for an identity provider.
    func keep(_ result: RebuildResult<some Any>, on connection: isolated Connection) throws {
        let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        try connection.run(
            """
            insert into \(schema.results) (idp_id, outcome, result)
            values (\(result.identityProvider.uuid), \(result.outcome.rawValue), \(json)::jsonb)
            on conflict (idp_id) do update set outcome = excluded.outcome, result = excluded.result
            """
        )
    }
}
