import Logging
public import Postgres
public import WeCom

/// Remembers in `refused_credentials` what WeCom refused: for some seconds at first, twice as long after each further
/// refusal. Whoever comes afterwards first asks WeCom again, and the others get what was remembered meanwhile.
public struct RefusedCredentials: CredentialMemory {
    /// How long a refusal is remembered: the first time, and at most.
    static let lifetimes = (first: 5, most: 900)
    /// How long whoever asks again may take for it.
    private static let probe = 15

    private let database: Database
    private let table: SQL

    /// - Parameter schema: Whose migrations include ``EgressSchema/migrationSQL(schema:)``.
    public init(database: Database, schema: String) {
        self.database = database
        table = "\(identifier: schema, "refused_credentials")"
    }

    /// - Throws: The remembered ``WeComError``; `PostgresError`.
    public func recall(_ credentials: CredentialDigest) async throws {
        let rows = try await database.run(
            """
            with known as (
                select digest, code, message, until > now() as is_remembered,
                    ceil(extract(epoch from until - now()))::bigint as seconds
                from \(table) where digest = \(credentials.bytes)
            ), probe as (
                update \(table) as r set until = now() + make_interval(secs => \(Self.probe))
                from known where r.digest = known.digest and r.until <= now() returning r.digest
            )
            select code, message, seconds from known
            where is_remembered or not exists (select from probe)
            """
        )
        guard let row = rows.first else { return }
        let (code, message, seconds) = try row.decode(Int.self, String.self, Int64.self)
        throw WeComError(
            .api(code),
            path: "gettoken",
            message: "\(message) (remembered; WeCom is asked again in \(max(seconds, 1)) s)"
        )
    }

    /// - Throws: `PostgresError`.
    public func note(_ credentials: CredentialDigest, _ refusal: WeComError?) async throws {
        guard let refusal, let code = refusal.code else {
            try await database.run("delete from \(table) where digest = \(credentials.bytes)")
            return
        }
        let (first, most) = Self.lifetimes
        try await database.run(
            """
            insert into \(table) as r (digest, times, code, message, refused_at, until)
            values (\(credentials.bytes), 1, \(Int64(code)), \(String(refusal.message.prefix(200))), now(),
                now() + make_interval(secs => \(first)))
            on conflict (digest) do update set
                times = r.times + 1, code = excluded.code, message = excluded.message, refused_at = now(),
                until = now() + make_interval(secs => least(\(most), \(first) * power(2, least(r.times, 20))))
            """
        )
    }
}
