import Kafka
import Messages
import Pipeline
import Postgres
import SuiteTesting

/// Whether a stage did in a pass what it did the first time: a stage that did less is not faster.
struct StageCheck {
    private let stage: MeasuredStage
    private let connected: ConnectedTenant
    private let people: Int
    private let measured: MeasuredSuite
    /// Messages on the topic that the stage writes, before the pass.
    private let written: Int64?

    init(
        of stage: MeasuredStage,
        for connected: ConnectedTenant,
        people: Int,
        in measured: MeasuredSuite
    ) async throws {
        self.stage = stage
        self.connected = connected
        self.people = people
        self.measured = measured
        written = try await Self.output(of: stage, in: measured.suite)
    }

    /// - Parameter messages: What was played.
    /// - Throws: ``BenchmarkFailure``.
    func confirm(messages: Int) async throws {
        let id = connected.provider.id
        switch stage.service {
        case .registry:
            try await expect(
                1,
                "select count(*) from registry.runs where idp = \(id)::uuid and outcome = 'succeeded'"
            )
        case .verifier:
            try await expect(people, "select count(*) from verifier.principals where idp_id = \(id)::uuid")
        case .writer:
            try await expect(people, "select count(*) from directory.users where idp_id = \(id)::uuid")
            try await expect(
                1,
                "select count(*) from directory.runs where idp_id = \(id)::uuid and outcome = 'succeeded'"
            )
        case .mapper:
            let now = try await Self.output(of: stage, in: measured.suite)
            guard let written, let now, now - written == Int64(messages) else { throw Self.failure(stage) }
        case .fetcher:
            let last = try await measured.suite.messages(on: TopicCatalogue.wecomRecords).last {
                $0.envelope.type == RunFetched.type && $0.envelope.identityProvider.description == id
            }
            let now = try await Self.output(of: stage, in: measured.suite)
            guard let manifest = try last?.decode(RunFetched.self).manifest, manifest.isComplete,
                manifest.distinctUsers == people, let written, let now, now - written > Int64(manifest.pages)
            else { throw Self.failure(stage) }
        }
    }

    private func expect(_ count: Int, _ question: SQL) async throws {
        guard try await measured.database.run(question)[0].decode(Int.self) == count else {
            throw Self.failure(stage)
        }
    }

    private static func failure(_ stage: MeasuredStage) -> BenchmarkFailure {
        BenchmarkFailure("the \(stage.name) did not do in its pass what it did in the synchronization")
    }

    private static func output(of stage: MeasuredStage, in suite: Suite) async throws -> Int64? {
        let topic: Topic
        switch stage.service {
        case .fetcher: topic = TopicCatalogue.wecomRecords
        case .mapper: topic = TopicCatalogue.directoryRecords
        default: return nil
        }
        let admin = try Admin(settings: ["bootstrap.servers": suite.brokers], logger: quietLogger())
        let ends = try await admin.endOffsets(suite.namespace.name(of: topic))
        try await admin.close()
        return ends.values.reduce(0, +)
    }
}
