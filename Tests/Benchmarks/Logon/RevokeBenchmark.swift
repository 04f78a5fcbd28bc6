import ArgumentParser
import Foundation
import Postgres
import SuiteTesting

/// `bridge-bench revoke`: how soon nobody is let in any more after an identity provider was closed, and what refreshing
/// leaves in the tables.
struct RevokeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Closes an identity provider with many sessions; tells what many refreshes leave in the tables.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "Live sessions of the identity provider.") var sessions = 10_000
    @Option(help: "How many of them somebody tries to go on with all the time.") var watched = 50
    @Option(help: "How often refresh tokens are used before.") var refreshes = 20_000
    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard watched > 0, sessions >= watched, refreshes >= 0 else {
            throw ValidationError("--sessions are at least --watched, which is at least 1")
        }
    }

    func run() async throws {
        let summary = try await withMeasuredSuite("revoke", variables: suite.variables) { measured in
            let connected = try await measured.connectForLogons("revoke", users: 1_000)
            let people = try await measured.suite.simulator.employees(of: connected.corp, count: watched)
            let walk = LogonWalk(
                provider: measured.suite.employee.verifier,
                connected: connected,
                redirectURI: measured.suite.employee.redirectURI
            )
            var tokens: [Employee.Tokens] = []
            for person in people { tokens.append(try await walk.run(person).tokens) }
            let (refreshed, perSecond) = try await refresh(tokens, measured.suite.employee)
            let tables = try await measured.tables()
            try await measured.fill(connected, sessions: sessions - watched)
            let refused = try await close(connected, refreshed, measured)
            return RevokeSummary(
                sessions: sessions,
                refreshes: refreshes,
                refreshesPerSecond: perSecond,
                refused: refused,
                tables: tables
            )
        }
        suite.show(summary.table, summary.json)
    }

    /// Refreshes all sessions again and again.
    private func refresh(
        _ tokens: [Employee.Tokens],
        _ employee: Employee
    ) async throws -> ([Employee.Tokens], Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let times = refreshes / tokens.count
        let refreshed = try await withThrowingTaskGroup(of: [Employee.Tokens].self) { group in
            for lane in 0..<8 {
                group.addTask {
                    var last: [Employee.Tokens] = []
                    for var current in stride(from: lane, to: tokens.count, by: 8).map({ tokens[$0] }) {
                        for _ in 0..<times {
                            guard let next = try await employee.refresh(current.refresh_token ?? "") else {
                                throw BenchmarkFailure("a refresh was refused")
                            }
                            current = next
                        }
                        last.append(current)
                    }
                    return last
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return (refreshed, Double(times * tokens.count) / ((clock.now - start) / .seconds(1)))
    }

    /// Closes the identity provider.
    ///
    /// - Returns: For each watched session, the seconds from the request to close until it was refused.
    private func close(
        _ connected: ConnectedTenant,
        _ tokens: [Employee.Tokens],
        _ measured: MeasuredSuite
    ) async throws -> RevokeSummary.Refused {
        let employee = measured.suite.employee
        for token in tokens where try await !employee.isWelcome(token) {
            throw BenchmarkFailure("a session is over before anything was closed")
        }
        let clock = ContinuousClock()
        let start = clock.now
        return try await withThrowingTaskGroup(of: Double.self) { group in
            for token in tokens {
                group.addTask {
                    while try await employee.isWelcome(token) {
                        guard clock.now - start < .seconds(60) else { throw BenchmarkFailure("a session goes on") }
                        try await clock.sleep(for: .milliseconds(10))
                    }
                    return (clock.now - start) / .seconds(1)
                }
            }
            try await measured.suite.registry.change(connected.provider, ["status": "closed", "confirmClosing": true])
            let answered = (clock.now - start) / .seconds(1)
            let each = try await group.reduce(into: [Double]()) { $0.append($1) }
            while try await measured.isTrue("select exists (select from verifier.sessions where ended_at is null)") {
                try await clock.sleep(for: .milliseconds(10))
            }
            return RevokeSummary.Refused(each: each, answered: answered, all: (clock.now - start) / .seconds(1))
        }
    }
}

/// What closing and refreshing came to.
struct RevokeSummary: Sendable {
    struct Refused: Sendable {
        /// Seconds until each watched session was refused.
        let each: [Double]
        /// Seconds until the request to close was answered.
        let answered: Double
        /// Seconds until all sessions are written as over.
        let all: Double
    }

    /// A table of the verifier's, as it is after the refreshes.
    struct TableSize: Sendable {
        let name: String
        let rows: Int
        let bytes: Int
    }

    let sessions: Int
    let refreshes: Int
    let refreshesPerSecond: Double
    let refused: Refused
    let tables: [TableSize]

    /// One line of JSON.
    var json: Figure {
        .object([
            ("sessions", .count(sessions)), ("answered_s", .number(refused.answered, places: 3)),
            ("refused_p50_s", .number(refused.each.percentile(0.5), places: 3)),
            ("refused_p99_s", .number(refused.each.percentile(0.99), places: 3)),
            ("all_written_s", .number(refused.all, places: 3)), ("refreshes", .count(refreshes)),
            ("refreshes_per_second", .number(refreshesPerSecond, places: 0)),
            (
                "tables",
                .object(
                    tables.map { size in
                        (size.name, .object([("rows", .count(size.rows)), ("bytes", .count(size.bytes))]))
                    }
                )
            ),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        table.add("the request to close is answered", refused.answered, "s", places: 3)
        table.add("99 of 100 sessions are refused", refused.each.percentile(0.99), "s", places: 3)
        table.add("all \(sessions) are written as over", refused.all, "s", places: 3)
        table.add("refreshes", refreshesPerSecond, "a second", places: 0)
        for size in tables {
            table.add("\(size.name) after \(refreshes)", "\(size.rows) rows, \(size.bytes / 1_000) kB")
        }
        return table.text
    }
}

extension MeasuredSuite {
    /// Has there be so many sessions more, spread over the tenant's people.
    fileprivate func fill(_ connected: ConnectedTenant, sessions: Int) async throws {
        try await database.run(
            """
            insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
            select gen_random_uuid()::text, p.idp_id, p.user_id, p.tenant_id, 'sase-client', 'openid',
                now() + interval '1 day'
            from verifier.principals p, generate_series(1, \(Int64(sessions / 900 + 1))) n
            where p.idp_id = \(connected.provider.id)::uuid limit \(Int64(sessions))
            """
        )
        try await database.run("vacuum (analyze) verifier.sessions")
    }

    /// The verifier's tables that have rows.
    fileprivate func tables() async throws -> [RevokeSummary.TableSize] {
        let names = try await database.run(
            """
            select relname::text from pg_class
            where relnamespace = 'verifier'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1
            """
        )
        var sizes: [RevokeSummary.TableSize] = []
        for name in try names.map({ try $0.decode(String.self) }) {
            let row = try await database.run(
                """
                select count(*), (
                    select sum(pg_total_relation_size(part))::bigint from (
                        select ('verifier.' || \(name)::text)::regclass as part
                        union select relid from pg_partition_tree(('verifier.' || \(name)::text)::regclass)
                    ) parts
                )
                from \(identifier: "verifier", name)
                """
            )[0]
            let (rows, bytes) = try row.decode(Int.self, Int.self)
            if rows > 0 { sizes.append(RevokeSummary.TableSize(name: name, rows: rows, bytes: bytes)) }
        }
        return sizes
    }
}
