import Kafka
import Messages
import Pipeline
import Postgres
import SuiteTesting
import Testing

/// A log that went back is seen, and there is a way on (architecture.md §5).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct RemadeTopicTests {
    private static let patience = Duration.seconds(30)

    @Test(
        "a topic that is made anew under running services stops its reader with a remedy that works, or nobody",
        arguments: TopicCatalogue.consumers.map(\.topic)
    )
    func remade(_ topic: Topic) async throws {
        try await withJudgedSuite("remade", partitions: 2) { suite in
            let consumer = try #require(TopicCatalogue.consumers.first { $0.topic == topic }?.consumer)
            let reader = try #require(Suite.Service(rawValue: consumer))
            let connected = try await suite.connect("remade", users: 200, departments: 10)
            for seed in 1...3 {
                _ = try await suite.simulator.change(connected.corp, update: 10, remove: 2, add: 2, seed: seed)
                #expect(try await suite.synchronize(connected).outcome == "succeeded")
            }
            try await suite.waitUntilAllIsRead()

            try await suite.remake(topic)
            _ = try await suite.simulator.change(connected.corp, update: 10, remove: 2, add: 2, seed: 4)
            let run = try await suite.registry.startRun(of: connected.provider)
            if case .stopped(let reason) = try await course(of: reader, or: run, in: suite) {
                expectHelp(reason, about: topic, in: suite)
                try await help(reader, with: topic, in: suite)
            }
            try await expectRightAgain(connected, after: run, in: suite)
        }
    }

    private enum Course: Sendable {
        /// The reader says why it cannot go on.
        case stopped(String)
        case wentOn
    }

    private func course(of reader: Suite.Service, or run: Registry.Run, in suite: Suite) async throws -> Course {
        try await waitFor("\(reader.rawValue) to stop, or to go on", within: Self.patience) { () -> Course? in
            try superviseAll(in: suite)
            let answer = try await suite[reader].readiness()
            if answer.status != 200, answer.text.contains(suite.namespace.prefix) { return .stopped(answer.text) }
            guard reader != .verifier else { return nil }
            return try await suite.registry.run(run.id).state == "finished" ? .wentOn : nil
        }
    }

    /// Whoever writes to a topic that is another one by now may end, to be started anew by what supervises it.
    private func superviseAll(in suite: Suite) throws {
        for service in Suite.Service.allCases where suite[service].id == nil { try suite[service].start() }
    }

    private func expectHelp(_ reason: String, about topic: Topic, in suite: Suite) {
        #expect(reason.contains(suite.namespace.name(of: topic)), "\(reason)")
        #expect(reason.contains("STAGE_START_ANEW"), "\(reason)")
        print("\(topic.name):", reason)
    }

    private func help(_ reader: Suite.Service, with topic: Topic, in suite: Suite) async throws {
        suite[reader].stop()
        try suite[reader].start(adding: ["STAGE_START_ANEW": suite.namespace.name(of: topic)])
        try await suite.waitUntilReady(reader)
        // Changes that were lost are in no later one.
        if reader == .verifier { try await suite.control("directory", "republish") }
    }

    private func expectRightAgain(
        _ connected: ConnectedTenant,
        after run: Registry.Run,
        in suite: Suite
    ) async throws {
        let ended = try await waitFor("the end of run \(run.id)", within: .seconds(90)) {
            try superviseAll(in: suite)
            let current = try await suite.registry.run(run.id)
            return current.state == "finished" ? current : nil
        }
        #expect(ended.outcome == "succeeded" || !ended.reasons.isEmpty)
        _ = try await suite.simulator.change(connected.corp, update: 10, remove: 2, add: 2, seed: 5)
        let next = try await suite.synchronize(connected)
        #expect(next.outcome == "succeeded", "\(next.reasons)")
        #expect(try await suite.differences(of: connected).map(\.description) == [])
        try await suite.waitForPrincipals(of: connected)
        for service in Suite.Service.allCases { try await suite.waitUntilReady(service) }
    }
}
