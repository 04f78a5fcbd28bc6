import Postgres
import SuiteTesting
import Testing

/// SIGTERM is heard within 20 s whatever is away (architecture.md §5).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct ShutdownTests {
    private static let limit = Duration.seconds(20)

    @Test(
        "with broker and database swallowed in the middle of a run, each service ends within 20 s of SIGTERM",
        arguments: [Duration.zero, .seconds(12)]
    )
    func blackHoles(lasting silence: Duration) async throws {
        try await withJudgedSuite("shutdown") { suite in
            let connected = try await suite.connect("stopped", users: Proof.size(2_000, small: 600), departments: 200)
            let database = try await suite.makeDatabaseProxy()
            let broker = try await suite.makeBrokerProxy()
            for service in Suite.Service.allCases {
                suite[service].stop()
                try suite[service].start(adding: suite.variables(of: service, database: database, broker: broker))
            }
            for service in Suite.Service.allCases { try await suite.waitUntilReady(service) }
            try await suite.simulator.order(["path": "user/list", "kind": "delay", "seconds": 0.1])
            let run = try await suite.registry.startRun(of: connected.provider)
            _ = try await waitFor("the middle of the run") {
                try await suite.count("select count(*) from directory.users") > 0 ? true : nil
            }
            database.swallow()
            broker.swallow()
            // What was in hand has failed by then, and was tried again.
            try await Task.sleep(for: silence)
            try await expectEnds(in: suite, of: run)
            await database.close()
            await broker.close()
        }
    }

    private func expectEnds(in suite: Suite, of run: Registry.Run) async throws {
        let ends = try await withThrowingTaskGroup(of: (Suite.Service, Duration?).self) { group in
            for service in Suite.Service.allCases {
                #expect(suite[service].id != nil, "\(service.rawValue) had ended by itself")
                group.addTask { (service, try await suite[service].stop(within: Self.limit)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for service in Suite.Service.allCases {
            #expect(ends[service] != nil, "\(service.rawValue): \(suite[service].output.suffix(2_000))")
        }
        print("ended after SIGTERM:", ends.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", "))
    }
}
