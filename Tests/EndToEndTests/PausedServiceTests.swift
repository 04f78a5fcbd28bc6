import Messages
import Pipeline
import Postgres
import SuiteTesting
import Testing

/// A copy of a service that is paused or cut off in the middle of a run is replaced by the other one, and does no harm
/// when it is back (architecture.md §3.1, §5).
///
/// Shown are the leases: of runs and of outboxes. Each troubled copy publishes its service's outbox and has no
/// partition, as the development broker never takes partitions from a member that is silent; the fetcher is troubled
/// that has the run. Apache Kafka adds that partitions, too, go to others after the session's time: there the copies
/// that have them may be paused as well, which `GroupTests` of the Kafka module show on a mock cluster.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct PausedServiceTests {
    /// What befalls a copy for as long as the run lasts.
    enum Trouble: CaseIterable, Sendable {
        case paused
        case withoutDatabase
        case withoutBroker
    }

    /// Lease, session and what is done anew.
    private static let patience = Duration.seconds(180)
    private static let people = Proof.size(1_500, small: 500)
    private static let variables = ["FETCHER_LEASE_SECONDS": "3", "FETCHER_WINDOW_PAGES": "32"]

    @Test(
        "a run ends though a copy of each service is in trouble, which does no harm later",
        arguments: Trouble.allCases
    )
    func goesOn(despite trouble: Trouble) async throws {
        try await withJudgedSuite("paused", partitions: 1, variables: Self.variables) { suite in
            let pairs = try await Pairs.start(in: suite)
            let connected = try await suite.connect("troubled", users: Self.people, departments: 150)
            try await suite.simulator.order(["path": "user/list", "kind": "delay", "seconds": 0.1])
            let run = try await suite.registry.startRun(of: connected.provider)
            _ = try await waitFor("the middle of the run", every: .milliseconds(20)) {
                try await suite.count("select count(*) from directory.users") > Self.people / 10 ? true : nil
            }
            let troubled = try await pairs.troubled(in: suite)
            #expect(try await suite.registry.run(run.id).state == "running")
            for copy in troubled { copy.begin(trouble) }
            try await suite.simulator.clearFaults()

            let ended = try await suite.registry.waitForEnd(of: run, within: Self.patience)
            #expect(ended.outcome == "succeeded", "\(ended.reasons)")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await suite.waitForPrincipals(of: connected)

            for copy in troubled { copy.end(trouble) }
            for copy in troubled { try await copy.process.waitUntilReady() }
            _ = try await suite.simulator.change(connected.corp, update: 100, remove: 20, add: 20, move: 20)
            let next = try await suite.synchronize(connected)
            #expect(next.outcome == "succeeded", "\(next.reasons)")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await suite.waitForPrincipals(of: connected)
            try await suite.waitUntilAllIsRead()
            #expect(try await suite.lateChanges() == [])
            await pairs.close()
        }
    }
}

/// A process whose ways to database and broker can be cut.
private struct Copy: Sendable {
    let process: ServiceProcess
    let database: Proxy
    let broker: Proxy

    /// Starts it, or starts it anew, with its ways leading through proxies.
    static func start(_ process: ServiceProcess, of service: Suite.Service, in suite: Suite) async throws -> Copy {
        let copy = Copy(
            process: process,
            database: try await suite.makeDatabaseProxy(),
            broker: try await suite.makeBrokerProxy()
        )
        process.stop()
        try process.start(adding: suite.variables(of: service, database: copy.database, broker: copy.broker))
        try await process.waitUntilReady()
        return copy
    }

    func begin(_ trouble: PausedServiceTests.Trouble) {
        switch trouble {
        case .paused: process.hold()
        case .withoutDatabase: database.swallow()
        case .withoutBroker: broker.swallow()
        }
    }

    func end(_ trouble: PausedServiceTests.Trouble) {
        switch trouble {
        case .paused: process.letGo()
        case .withoutDatabase: database.heal()
        case .withoutBroker: broker.heal()
        }
    }

    func close() async {
        await database.close()
        await broker.close()
    }
}

/// Two copies of each service, of which the second publishes the outbox and the first has the partitions.
private struct Pairs: Sendable {
    private let seconds: [Copy]
    private let fetchers: [Copy]

    private static let relaying: [(service: Suite.Service, schema: String)] = [
        (.registry, "registry"), (.writer, "directory"), (.verifier, "verifier"),
    ]

    static func start(in suite: Suite) async throws -> Pairs {
        var seconds: [Copy] = []
        for (service, schema) in relaying {
            let copy = try await Copy.start(suite.makeCopy(of: service), of: service, in: suite)
            suite[service].stop()
            _ = try await waitFor("the second \(service.rawValue) to publish") {
                try await suite.publisher(of: schema) == copy.process.id ? true : nil
            }
            try suite[service].start()
            try await suite.waitUntilReady(service)
            #expect(try await suite.publisher(of: schema) == copy.process.id)
            seconds.append(copy)
        }
        seconds.append(try await Copy.start(suite.makeCopy(of: .mapper), of: .mapper, in: suite))
        let fetchers = [
            try await Copy.start(suite[.fetcher], of: .fetcher, in: suite),
            try await Copy.start(suite.makeCopy(of: .fetcher), of: .fetcher, in: suite),
        ]
        return Pairs(seconds: seconds, fetchers: fetchers)
    }

    /// Those that publish, and the fetcher that has the run.
    func troubled(in suite: Suite) async throws -> [Copy] {
        let owner = try await suite.query("select owner from fetcher.leases where owner is not null")
            .first?.decode(String.self)
        let isFirst = owner?.contains("\(Suite.Service.fetcher.rawValue)-1") ?? false
        return seconds + [fetchers[isFirst ? 0 : 1]]
    }

    func close() async {
        for copy in seconds + fetchers { await copy.close() }
    }
}

extension Suite {
    /// The process that publishes an outbox at present.
    fileprivate func publisher(of schema: String) async throws -> Int32? {
        let owners = try await query(
            """
            select split_part(owner, '/', 2) from \(identifier: schema, "outbox_relay")
            where expires_at > clock_timestamp()
            """
        )
        return try owners.first.flatMap { Int32(try $0.decode(String.self)) }
    }

    /// Changes that came first after their successors: in each life of the directory, what is new has a higher number
    /// than all before it, however often it comes.
    fileprivate func lateChanges() async throws -> [String] {
        var seen: [String: Set<[Int64]>] = [:]
        var last: [String: [Int64]] = [:]
        var late: [String] = []
        for message in try await messages(on: TopicCatalogue.directoryChanges) {
            let changes = try message.decode(DirectoryChanges.self)
            let life = "\(message.envelope.identityProvider) \(changes.incarnation)"
            let number = [message.envelope.position?.epoch.rawValue ?? 0, changes.sequence]
            guard seen[life, default: []].insert(number).inserted else { continue }
            if let before = last[life], number.lexicographicallyPrecedes(before) {
                late.append("\(life): \(number) after \(before)")
            }
            last[life] = number
        }
        return late
    }
}
