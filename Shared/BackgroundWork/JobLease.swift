import Foundation
import Postgres

/// The right to do a job: one instance has it, for some seconds from each sign of life.
struct JobLease: Sendable {
    let name: String
    let schema: String
    let database: Database
    private let owner = UUID().uuidString

    init(name: String, schema: String, database: Database) {
        self.name = name
        self.schema = schema
        self.database = database
    }

    private static let length = Duration.seconds(30)

    private var table: SQL { "\(identifier: schema, "background_jobs")" }
    private var expiry: SQL { "clock_timestamp() + make_interval(secs => \(Self.length / .seconds(1)))" }

    /// Takes it if it is due and nobody is at it. What lies further ahead than anybody puts it was written while the
    /// database's clock was fast, and holds nobody up.
    ///
    /// - Parameters:
    ///   - isNudged: Whether it need not be due.
    ///   - period: How far ahead the next time can be.
    func claim(isNudged: Bool, every period: Duration) async throws -> Bool {
        let rows = try await database.run(
            """
            insert into \(table) as job (name, owner, claimed_until) values (\(name), \(owner), \(expiry))
            on conflict (name) do update set owner = excluded.owner, claimed_until = excluded.claimed_until
            where (job.claimed_until is null or job.owner = excluded.owner
                    or \(SQL.isOver("job.claimed_until", ofLeasesFor: Self.length)))
                and (\(isNudged) or job.due_at <= clock_timestamp()
                    or job.due_at > clock_timestamp() + make_interval(secs => \(period / .seconds(1))))
            returning name
            """
        )
        return !rows.isEmpty
    }

    /// Lets others have it, and says when it is due again.
    func finish(next period: Duration) async throws {
        try await database.run(
            """
            update \(table) set claimed_until = null, finished_at = now(),
                due_at = clock_timestamp() + make_interval(secs => \(period / .seconds(1)))
            where name = \(name) and owner = \(owner)
            """
        )
    }

    /// Does something, and shows signs of life meanwhile.
    /// - Throws: ``JobTaken`` when another instance has it by now; what `body` threw.
    func holding(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await renew()
        try await beating(every: Self.length / 3, renew, while: body)
    }

    private func renew() async throws {
        let rows = try await database.run(
            "update \(table) set claimed_until = \(expiry) where name = \(name) and owner = \(owner) returning name"
        )
        if rows.isEmpty { throw JobTaken() }
    }
}

/// Another instance does the job.
struct JobTaken: Error, CustomStringConvertible {
    var description: String { "another instance has taken over" }
}

/// Does something, and something else again and again meanwhile; when that fails, both end.
func beating(
    every period: Duration,
    _ beat: @escaping @Sendable () async throws -> Void,
    while body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            while true {
                try await Task.sleep(for: period)
                try await beat()
            }
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}
