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
    /// Messages on the topic that the mapper or the fetcher writes, before the pass: all, or the tenant's.
    private let written: Int

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
        switch stage.service {
        case .mapper: written = try await Self.mapped(in: measured.suite)
        case .fetcher: written = try await Self.fetched(of: connected, in: measured.suite).count
        default: written = 0
        }
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
            guard try await Self.mapped(in: measured.suite) - written == messages else { throw Self.failure(stage) }
        case .fetcher:
            // The run's start, its pages and, once, its end.
            let sent = try await Self.fetched(of: connected, in: measured.suite).dropFirst(written)
            let ends = sent.filter { $0.envelope.type == RunFetched.type }
            guard ends.count == 1, let manifest = try ends.first?.decode(RunFetched.self).manifest,
                manifest.isComplete, manifest.distinctUsers == people, sent.count == manifest.pages + 2
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

    private static func mapped(in suite: Suite) async throws -> Int {
        let admin = try Admin(settings: ["bootstrap.servers": suite.brokers], logger: quietLogger())
        let ends = try await admin.endOffsets(suite.namespace.name(of: TopicCatalogue.directoryRecords))
        try await admin.close()
        return Int(ends.values.reduce(0, +))
    }

    private static func fetched(of connected: ConnectedTenant, in suite: Suite) async throws -> [IncomingMessage] {
        try await suite.messages(of: connected.provider, on: TopicCatalogue.wecomRecords)
    }
}
