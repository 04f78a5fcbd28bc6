import ArgumentParser
import Foundation
import SuiteTesting

/// `bridge-bench logon`: how many people log on in a second, beside a plain provider.
struct LogonBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logon",
        abstract: "Logs people on, from the client's request to tokens, beside a plain Authlib provider.",
        discussion: "Needs what compose/local bench gives: a broker, a database and the services' programs."
    )

    @Option(help: "People of the tenant.") var users = 2_000
    @Option(help: "How many logons are measured each time.") var logons = 4_000
    @Option(help: "How many are under way at once while as many as possible log on.") var workers = 8
    @Option(help: "How many begin in a second while it is paced.") var rate = 200.0
    @OptionGroup var suite: SuiteOptions

    func validate() throws {
        guard users > 0, logons > 0, workers > 0, rate > 0 else {
            throw ValidationError("--users, --logons, --workers and --rate are more than 0")
        }
    }

    func run() async throws {
        let summary = try await withMeasuredSuite("logon", variables: suite.variables) { measured in
            let connected = try await measured.connectForLogons("logon", users: users)
            let people = try await measured.suite.simulator.employees(of: connected.corp, count: min(users, logons))
            let walk = LogonWalk(
                provider: measured.suite.employee.verifier,
                connected: connected,
                redirectURI: measured.suite.employee.redirectURI
            )
            let ours = LogonLoad(walk: walk, people: people)
            let own = try await measure(ours) { measured.suite[.verifier].id.flatMap { ProcessUsage.of($0) } }
            let peer = try await PlainProvider.run(measured.suite, connected, redirectURI: walk.redirectURI) { plain in
                try await measure(LogonLoad(walk: plain.walk, people: people)) { ProcessUsage.ofTree(plain.process) }
            }
            return LogonSummary(rate: rate, own: own, peer: peer)
        }
        suite.show(summary.table, summary.json)
    }

    private func measure(_ load: LogonLoad, _ usage: () -> ProcessUsage?) async throws -> LogonSummary.Side {
        // The first ones page code and caches in.
        _ = try await load.most(min(100, logons), workers: workers)
        let before = usage()
        let most = try await load.most(logons, workers: workers)
        let after = usage()
        let paced = try await load.paced(logons, perSecond: min(rate, most.perSecond * 0.7))
        let processor = after.flatMap { after in before.map { after.processorSeconds - $0.processorSeconds } }
        return LogonSummary.Side(most: most, paced: paced, processorSeconds: processor)
    }
}

/// What people's logons came to.
struct LogonSummary: Sendable {
    struct Side: Sendable {
        let most: LogonLoad.Figures
        let paced: LogonLoad.Figures
        /// Of the provider's processes, while as many as possible logged on.
        let processorSeconds: Double?

        var processorMilliseconds: Double? { processorSeconds.map { $0 * 1_000 / Double(most.seconds.count) } }

        fileprivate var json: Figure {
            .object([
                ("logons_per_second", .number(most.perSecond, places: 0)),
                ("cpu_ms_per_logon", .number(processorMilliseconds, places: 2)),
                ("p50_ms", .number(Self.milliseconds(most, 0.5), places: 1)),
                ("p99_ms", .number(Self.milliseconds(most, 0.99), places: 1)),
                ("paced_per_second", .number(paced.perSecond, places: 0)),
                ("paced_p50_ms", .number(Self.milliseconds(paced, 0.5), places: 1)),
                ("paced_p99_ms", .number(Self.milliseconds(paced, 0.99), places: 1)),
            ])
        }

        fileprivate static func milliseconds(_ figures: LogonLoad.Figures, _ share: Double) -> Double? {
            figures.seconds.percentile(share).map { $0 * 1_000 }
        }
    }

    let rate: Double
    let own: Side
    /// `nil` where there is no Python with the packages of the plain one.
    let peer: Side?

    private var ratio: Double? { peer.map { own.most.perSecond / $0.most.perSecond } }

    /// One line of JSON.
    var json: Figure {
        .object([
            ("own", own.json), ("peer", peer?.json ?? .unknown), ("ratio_to_peer", .number(ratio, places: 2)),
        ])
    }

    /// A table for people.
    var table: String {
        var table = Table()
        for (name, side) in [("ours", own), ("the plain one", peer)] {
            guard let side else { continue }
            table.add("\(name): logons", side.most.perSecond, "a second", places: 0)
            table.add("\(name): processor", side.processorMilliseconds, "ms a logon")
            table.add("\(name): p99", Side.milliseconds(side.most, 0.99), "ms", places: 1)
            table.add("\(name): paced", side.paced.perSecond, "a second", places: 0)
            table.add("\(name): paced p99", Side.milliseconds(side.paced, 0.99), "ms", places: 1)
        }
        table.add("ours by the plain one", ratio)
        return table.text
    }
}

extension MeasuredSuite {
    /// Makes a tenant whose people can log on.
    func connectForLogons(_ name: String, users: Int) async throws -> ConnectedTenant {
        let connected = try await connect(name, users: users, departments: max(users / 50, 1))
        try await suite.simulator.set(
            ["redirectDomain": .string(suite.verifierHost)],
            of: connected.agentID,
            in: connected.corp
        )
        _ = try await synchronizeFirst(connected, users: users)
        return connected
    }
}
