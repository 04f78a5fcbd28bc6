import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import SuiteTesting
import Testing

/// Nothing is concluded from an absence in a topic (architecture.md §3.7).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct LostConfigurationTests {
    /// How much of the topic is lost.
    enum Loss: CaseIterable {
        case onePartition
        case everything
    }

    @Test("configurations that are lost shut nobody out, and are told again by the registry", arguments: Loss.allCases)
    func lost(_ loss: Loss) async throws {
        try await withJudgedSuite("lost", variables: ["CONFIGURATION_PATIENCE_SECONDS": "2"]) { suite in
            let connected = try await connect(in: suite)
            let person = try await suite.simulator.employees(of: connected.corp, count: 1)[0]
            let session = try await suite.logOn(person, to: connected)
            for service in Suite.Service.allCases { suite[service].stop() }
            try await lose(loss, of: connected, in: suite)
            for service in Suite.Service.allCases { try suite[service].start() }
            try await suite.waitUntilReady(.registry)
            try await waitUntilHeardOfTheLoss(in: suite)

            let run = try await suite.registry.waitForEnd(of: suite.registry.startRun(of: connected.provider))
            #expect(run.outcome != "succeeded" && !run.reasons.isEmpty)
            try await expectNobodyShutOut(connected, in: suite)

            try await suite.control("configuration", "republish")
            for service in Suite.Service.allCases { try await suite.waitUntilReady(service) }
            let healed = try await waitFor("a run that works") {
                let run = try await suite.synchronize(connected)
                return run.outcome == "succeeded" ? run : nil
            }
            #expect(healed.counts.users.removed == 0)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            try await expectNobodyShutOut(connected, in: suite)
            #expect(try await suite.employee.refresh(session.refresh_token ?? "") != nil)
        }
    }

    private func connect(in suite: Suite) async throws -> ConnectedTenant {
        let corp = try await suite.simulator.makeCorp(users: 200, departments: 10)
        let connected = try await suite.registry.connect(
            "lost",
            to: corp,
            in: suite.simulator,
            redirectHost: suite.verifierHost
        )
        let first = try await waitFor("the run that the authorization starts") {
            try await suite.registry.runs(of: connected.provider).first
        }
        #expect(try await suite.registry.waitForEnd(of: first).outcome == "succeeded")
        for number in 1...8 { _ = try await suite.connect("other\(number)", users: 1, departments: 1) }
        return connected
    }

    /// Brokers forget no single partition of a compacted topic on request: it is made anew, and the others' records are
    /// written back.
    private func lose(_ loss: Loss, of connected: ConnectedTenant, in suite: Suite) async throws {
        let records = try await suite.records(on: TopicCatalogue.configuration)
        let lost = try #require(records.first { $0.keyText == connected.provider.id }).position.partition
        try await suite.remake(TopicCatalogue.configuration)
        if loss == .onePartition {
            let kept = records.filter { $0.position.partition != lost }
            #expect(!kept.isEmpty)
            let producer = try Producer(settings: suite.brokerSettings, logger: Logger(label: "lost"))
            try await producer.send(
                kept.map {
                    OutgoingRecord(topic: $0.position.topic, key: $0.keyText, value: $0.value, headers: $0.headers)
                }
            )
        }
        let left = try await suite.messages(on: TopicCatalogue.configuration)
        #expect(!left.contains { $0.envelope.identityProvider.description == connected.provider.id })
    }

    /// Each that reads configurations has read what is there to its end, or says that something is missing.
    private func waitUntilHeardOfTheLoss(in suite: Suite) async throws {
        for service in Suite.Service.allCases where service != .registry {
            _ = try await waitFor("\(service.rawValue) to say how it stands") {
                let answer = try await suite[service].readiness()
                return answer.status == 200 || answer.text.contains("missing") ? true : nil
            }
        }
    }

    private func expectNobodyShutOut(_ connected: ConnectedTenant, in suite: Suite) async throws {
        #expect(try await suite.directory.users(of: connected.provider).allSatisfy { $0.state == "active" })
        let ended = try await suite.count("select count(*) from verifier.sessions where ended_at is not null")
        #expect(ended == 0)
    }
}

extension Record {
    fileprivate var keyText: String? { key.map { String(decoding: $0, as: UTF8.self) } }
}
