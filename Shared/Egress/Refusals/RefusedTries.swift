public import Postgres

/// Counts in `refused_tries` how often somebody gives credentials that WeCom refuses: many of them ban the address that
/// they came from, with all that call from it (`wecom.md` §6).
///
/// A try counts as refused before it is made, and is taken back when WeCom takes the credentials or says nothing of them:
/// however many come at once, no more are made.
public struct RefusedTries: Sendable {
    /// Whose tries are counted, and how many there may be.
    public struct Subject: Sendable, Hashable {
        /// Whose, such as `tenant/…`.
        public let name: String
        /// Tries that may be refused within an hour of each other, before there is a pause.
        public let allowed: Int
        /// Seconds of the first pause; each further refusal doubles it.
        public let pause: Int
        /// Seconds of the longest pause.
        public let longestPause: Int

        /// - Parameters:
        ///   - name: Whose, such as `tenant/…`.
        ///   - allowed: Tries that may be refused within an hour of each other, before there is a pause.
        ///   - pause: Seconds of the first pause; each further refusal doubles it.
        ///   - longestPause: Seconds of the longest pause.
        public init(_ name: String, allowed: Int, pause: Int = 60, longestPause: Int = 3_600) {
            self.name = name
            self.allowed = allowed
            self.pause = pause
            self.longestPause = longestPause
        }
    }

    private let database: Database
    private let table: SQL

    /// - Parameter schema: Whose migrations include ``EgressSchema/migrationSQL(schema:)``.
    public init(database: Database, schema: String) {
        self.database = database
        table = "\(identifier: schema, "refused_tries")"
    }

    /// Counts a try for all subjects, unless one of them has a pause.
    ///
    /// - Returns: Who has a pause, and for how long; nil when the try may be made.
    /// - Throws: `PostgresError`.
    public func begin(_ subjects: [Subject]) async throws -> (subject: Subject, wait: Duration)? {
        // In one order, so that nobody waits for each other.
        let subjects = subjects.sorted { $0.name < $1.name }
        return try await database.transaction { [table] connection in
            for subject in subjects {
                let rows = try connection.run(
                    """
                    insert into \(table) as r (subject, tries, last_at, until)
                    values (\(subject.name), 0, now(), '-infinity')
                    on conflict (subject) do update set
                        tries = case when r.last_at < now() - interval '1 hour' then 0 else r.tries end
                    returning case when until > now() then extract(epoch from until - now()) else 0 end::double precision
                    """
                )
                let wait = try rows[0].decode(Double.self)
                if wait > 0 { return (subject, .seconds(wait)) }
            }
            for subject in subjects { try Self.count(1, subject, in: table, on: connection) }
            return nil
        }
    }

    /// Takes back a try that was not refused.
    ///
    /// - Parameter isGood: Whether WeCom took the credentials: then nothing is left to count for the first subject.
    /// - Throws: `PostgresError`.
    public func takeBack(_ subjects: [Subject], forgetting good: Subject? = nil) async throws {
        let ordered = subjects.sorted { $0.name < $1.name }
        try await database.transaction { [table] connection in
            for subject in ordered {
                if subject == good {
                    try connection.run("delete from \(table) where subject = \(subject.name)")
                } else {
                    try Self.count(-1, subject, in: table, on: connection)
                }
            }
        }
    }

    /// No pause is told by a time before all others: the present one may be ahead of another transaction's.
    private static func count(
        _ change: Int64,
        _ subject: Subject,
        in table: SQL,
        on connection: isolated Connection
    ) throws {
        let tries: SQL = "greatest(tries + \(change), 0)"
        try connection.run(
            """
            update \(table) set tries = \(tries), last_at = now(),
                until = case when \(tries) < \(Int64(subject.allowed)) then '-infinity' else now() + make_interval(
                    secs => least(\(subject.longestPause), \(subject.pause)
                        * power(2, least(\(tries) - \(Int64(subject.allowed)), 20))))
                end
            where subject = \(subject.name)
            """
        )
    }
}
