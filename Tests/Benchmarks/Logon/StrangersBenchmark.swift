import ArgumentParser
import Foundation
import Postgres
import SuiteTesting

/// `bridge-bench strangers`: what somebody with no right to anything costs, and how others log on meanwhile.
struct StrangersBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strangers",
        abstract: "Sends codes, enterprise IDs, states, redirect URIs and refresh tokens that nobody gave.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "Requests of the stranger.") var requests = 10_000
    @Option(help: "How many others log on in a second.") var rate = 20.0
    @Option(help: "For how many seconds they do without the stranger.") var seconds = 10
    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard requests > 0, rate > 0, seconds > 0 else {
            throw ValidationError("--requests, --rate and --seconds are more than 0")
        }
    }

    func run() async throws {
        let summary = try await withMeasuredSuite("strangers", variables: suite.variables) { measured in
            let attacked = try await measured.connectForLogons("attacked", users: 50)
            let others = try await measured.connectForLogons("others", users: 1_000)
            let verifier = measured.suite.employee
            func walk(_ connected: ConnectedTenant) -> LogonWalk {
                LogonWalk(provider: verifier.verifier, connected: connected, redirectURI: verifier.redirectURI)
            }
            let people = try await measured.suite.simulator.employees(of: others.corp, count: 1_000)
            let load = LogonLoad(walk: walk(others), people: people)
            _ = try await load.most(50, workers: 4)
            let alone = try await load.paced(Int(rate) * seconds, perSecond: rate)
            return try await beside(load, Stranger(walk: walk(attacked), verifier: verifier.verifier), alone, measured)
        }
        suite.show(summary.table, summary.json)
    }

    /// Others log on for as long as the stranger is at it.
    private func beside(
        _ load: LogonLoad,
        _ stranger: Stranger,
        _ alone: LogonLoad.Figures,
        _ measured: MeasuredSuite
    ) async throws -> StrangersSummary {
        let before = try await measured.rowsOfVerifier()
        let calls = try await measured.suite.simulator.refusals(by: 40029)
        let clock = ContinuousClock()
        let start = clock.now
        let (sent, rate) = (requests, rate)
        async let attack: Void = stranger.send(sent)
        var (seconds, count) = ([Double](), 0)
        while await !stranger.isOver {
            let part = try await load.paced(Int(rate), perSecond: rate)
            seconds += part.seconds
            count += part.seconds.count
        }
        try await attack
        let elapsed = (clock.now - start) / .seconds(1)
        let after = try await measured.rowsOfVerifier()
        return StrangersSummary(
            requests: requests,
            seconds: elapsed,
            alone: alone,
            beside: LogonLoad.Figures(seconds: seconds, elapsed: elapsed),
            refusedByWeCom: try await measured.suite.simulator.refusals(by: 40029) - calls,
            // Each logon of the others has a session, a code, a remembered browser, two marks, and its account's counters.
            strangersRows: after.withoutLogons - before.withoutLogons,
            others: count
        )
    }
}

/// What a stranger's requests came to.
struct StrangersSummary: Sendable {
    let requests: Int
    let seconds: Double
    let alone: LogonLoad.Figures
    let beside: LogonLoad.Figures
    /// Codes that WeCom was asked about in vain.
    let refusedByWeCom: Int
    /// What the verifier's tables grew by, the others' logons not counted.
    let strangersRows: Int
    let others: Int

    /// One line of JSON.
    var json: Figure {
        .object([
            ("requests", .count(requests)), ("requests_per_second", .number(Double(requests) / seconds, places: 0)),
            ("refused_by_wecom", .count(refusedByWeCom)), ("rows", .count(strangersRows)), ("others", .count(others)),
            ("others_p99_alone_ms", .number(alone.seconds.percentile(0.99).map { $0 * 1_000 }, places: 1)),
            ("others_p99_beside_ms", .number(beside.seconds.percentile(0.99).map { $0 * 1_000 }, places: 1)),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        table.add("requests of the stranger", Double(requests) / seconds, "a second", places: 0)
        table.add("codes that WeCom was asked about", "\(refusedByWeCom)")
        table.add("rows in the verifier's tables", "\(strangersRows)")
        table.add("others, alone: p99", alone.seconds.percentile(0.99).map { $0 * 1_000 }, "ms", places: 1)
        table.add("others, meanwhile: p99", beside.seconds.percentile(0.99).map { $0 * 1_000 }, "ms", places: 1)
        return table.text
    }
}

/// Somebody with no right to anything.
private final class Stranger: Sendable {
    private let walk: LogonWalk
    private let verifier: TestClient
    private let progress = Progress()

    private actor Progress {
        var isOver = false
        func end() { isOver = true }
    }

    init(walk: LogonWalk, verifier: TestClient) {
        self.walk = walk
        self.verifier = verifier
    }

    var isOver: Bool { get async { await progress.isOver } }

    /// Sends so many requests, eight at a time.
    func send(_ requests: Int) async throws {
        let turns = requests / 10
        try await withThrowingDiscardingTaskGroup { group in
            for lane in 0..<8 {
                group.addTask { for _ in stride(from: lane, to: turns, by: 8) { try await self.turn() } }
            }
        }
        await progress.end()
    }

    /// Ten requests: four of a logon with a made-up code, and six of all kinds.
    private func turn() async throws {
        let address = ["X-Forwarded-For": "203.0.113.9"]
        try await walk.guess(from: "203.0.113.9")
        let chance = UUID().uuidString.lowercased()
        let form = ["Content-Type": "application/x-www-form-urlencoded"].merging(address) { $1 }
        for path in [
            "/logon/\(chance.filter { $0.isLetter || $0.isNumber }.prefix(10))",
            "/logon/callback?code=\(chance)&state=\(chance)", "/logon?request=\(chance)&enterprise_id=abcdefghjk",
            "/oauth2/authorize?client_id=sase-client&response_type=code&redirect_uri=https://\(chance).test/",
        ] {
            _ = try await verifier.send("GET", path, headers: address)
        }
        for fields in [
            ["grant_type": "refresh_token", "refresh_token": chance, "client_id": "sase-client"],
            ["grant_type": "authorization_code", "code": chance, "client_id": "sase-client"],
        ] {
            _ = try await verifier.send("POST", "/oauth2/token", headers: form, body: Form.encode(fields))
        }
    }
}

extension MeasuredSuite {
    /// Rows of the tables in which strangers could leave some.
    fileprivate func rowsOfVerifier() async throws -> (withoutLogons: Int, logons: Int) {
        let row = try await database.run(
            """
            select (select count(*) from verifier.diagnoses) + (select count(*) from verifier.pushed_requests)
                + (select count(*) from verifier.used_tickets) - 2 * (select count(*) from verifier.sessions)
                + (select count(*) from verifier.call_budgets where interface <> 'account'),
                (select count(*) from verifier.sessions)
            """
        )[0]
        return try row.decode(Int.self, Int.self)
    }
}
