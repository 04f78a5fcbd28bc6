import Foundation
import Kafka
import Messages
import Pipeline
import SuiteTesting
import Testing

/// Topics get more partitions by the steps of docs/sizing.md, and identity providers move to others by that.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct GrownTopicsTests {
    private static let tenants = 4
    private static let (before, after): (Int32, Int32) = (2, 6)

    @Test("topics grow, no older state is seen, and what was said before is rebuilt and told again in its order")
    func grown() async throws {
        try await withJudgedSuite("grown", partitions: Self.before) { suite in
            let tenants = try await connectedTenants(in: suite)
            for connected in tenants { try await run(connected, seed: 1, in: suite) }
            let watch = ReplayWatch(suite)
            let watching = Task { await watch.work() }
            let played = await asyncResult {
                try await grow(suite)
                for connected in tenants { try await run(connected, seed: 2, in: suite) }
                try await expectMoved(in: suite)
                try await expectRebuilt(tenants.count, in: suite)
                for connected in tenants { try await expectMended(connected, in: suite) }
                for connected in tenants { try await suite.waitForPrincipals(of: connected) }
            }
            watching.cancel()
            await watching.value
            let (older, looks) = (await watch.older, await watch.looks)
            await watch.close()
            try played.get()
            #expect(older == [])
            #expect(looks > 20)
        }
    }

    /// So many that one of them moves for certain: once in 81 times the first four stay where they are.
    private func connectedTenants(in suite: Suite) async throws -> [ConnectedTenant] {
        var (tenants, movesOne) = ([ConnectedTenant](), false)
        while tenants.count < Self.tenants || !movesOne {
            let number = tenants.count
            let connected = try await suite.connect("grown\(number)", users: 60, departments: 6, seed: number + 1)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            tenants.append(connected)
            if try await moves(connected, in: suite) { movesOne = true }
        }
        return tenants
    }

    /// Whether an identity provider's messages lie in a partition then that is not there yet, as a producer says.
    private func moves(_ connected: ConnectedTenant, in suite: Suite) async throws -> Bool {
        let key = connected.provider.id
        let topic = TopicSpecification(
            name: "\(suite.namespace.prefix)place.\(key)",
            partitions: Self.after,
            replication: 1
        )
        return try await suite.withAdmin { admin in
            try await admin.createAndAwaitLeaders([topic])
            let producer = try Producer(settings: suite.brokerSettings, logger: quietLogger())
            let place = try await producer.send(OutgoingRecord(topic: topic.name, key: key, value: []))
            try await admin.delete([topic.name])
            return place.partition >= Self.before
        }
    }

    /// What most people are by then was said in an earlier run.
    private func run(_ connected: ConnectedTenant, seed: Int, in suite: Suite) async throws {
        _ = try await suite.simulator.change(connected.corp, update: 4, remove: 2, add: 3, move: 2, seed: seed)
        let run = try await suite.synchronize(connected)
        #expect(run.outcome == "succeeded", "\(run.reasons)")
        #expect(try await suite.differences(of: connected).map(\.description) == [])
    }

    /// The steps of docs/sizing.md.
    private func grow(_ suite: Suite) async throws {
        try await suite.waitUntilAllIsRead()
        suite[.registry].stop()
        _ = try await waitFor("no messages but for the registry") { try await othersHaveRead(in: suite) ? true : nil }
        _ = try await suite.answer("topics", "grow", "--partitions", "\(Self.after)")
        try suite[.registry].start()
        try await suite.waitUntilReady(.registry)
        let single = ["--replication", "1", "--min-in-sync", "1"]
        let check = ["topics", "check", "--partitions", "\(Self.after)"] + single
        _ = try await suite.answer(to: check, within: .seconds(60))
    }

    private func othersHaveRead(in suite: Suite) async throws -> Bool {
        struct Lag: Decodable {
            let group: String
            let messages: Int
        }
        let lines = try await suite.answer("lag", "--json").split(separator: "\n")
        guard let line = lines.last else { return false }
        let groups = try JSONDecoder().decode([Lag].self, from: Data(line.utf8))
        return groups.count == TopicCatalogue.consumers.count
            && groups.allSatisfy { $0.messages == 0 || $0.group == TopicGrowth.stopped }
    }

    private func expectMoved(in suite: Suite) async throws {
        for topic in [TopicCatalogue.wecomRecords, TopicCatalogue.directoryRecords, TopicCatalogue.directoryChanges] {
            let places = try await suite.messages(on: topic).map { message in
                (message.envelope.identityProvider, message.record.position.partition)
            }
            let partitions = Dictionary(grouping: places, by: \.0).mapValues { Set($0.map(\.1)) }
            let moved = partitions.values.filter { $0.count == 2 }
            #expect(!moved.isEmpty, "\(topic.name): \(partitions)")
            #expect(moved.allSatisfy { $0.contains { $0 < Self.before } && $0.contains { $0 >= Self.before } })
        }
    }

    /// What both partitions of an identity provider say makes the directory and the principals as they are.
    private func expectRebuilt(_ tenants: Int, in suite: Suite) async throws {
        struct Status: Decodable { let outcomes: [String: Int] }
        try await suite.waitUntilAllIsRead()
        for subject in ["directory", "principals"] {
            let answer = try await suite.answer("rebuild", subject, "--json")
            let line = try #require(answer.split(separator: "\n").last)
            let outcomes = try JSONDecoder().decode(Status.self, from: Data(line.utf8)).outcomes
            #expect(outcomes == ["equal": tenants], "\(subject): \(answer)")
        }
    }

    /// Damaged rows are told again from either topic, by words of which most lie in the partition of before.
    private func expectMended(_ connected: ConnectedTenant, in suite: Suite) async throws {
        for topic in ["wecom.records.v1", "directory.records.v1"] {
            try await suite.damageDirectory(of: connected)
            try await suite.replay(connected, from: topic)
            #expect(try await suite.differences(of: connected).map(\.description) == [])
        }
    }
}
