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
                try await expectRebuilt(suite)
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

    private func connectedTenants(in suite: Suite) async throws -> [ConnectedTenant] {
        var tenants: [ConnectedTenant] = []
        for number in 0..<Self.tenants {
            let connected = try await suite.connect("grown\(number)", users: 60, departments: 6, seed: number + 1)
            #expect(try await suite.synchronize(connected).outcome == "succeeded")
            tenants.append(connected)
        }
        return tenants
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
        suite[.registry].stop()
        try await suite.waitUntilAllIsRead()
        try await suite.control("topics", "grow", "--partitions", "\(Self.after)")
        for service in [Suite.Service.fetcher, .mapper, .writer, .verifier] {
            suite[service].stop()
            try suite[service].start()
            try await suite.waitUntilReady(service)
        }
        try suite[.registry].start()
        try await suite.waitUntilReady(.registry)
        let single = ["--replication", "1", "--min-in-sync", "1"]
        let check = ["topics", "check", "--partitions", "\(Self.after)"] + single
        _ = try await suite.answer(to: check, within: .seconds(60))
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
    private func expectRebuilt(_ suite: Suite) async throws {
        struct Status: Decodable { let outcomes: [String: Int] }
        try await suite.waitUntilAllIsRead()
        for subject in ["directory", "principals"] {
            let answer = try await suite.answer("rebuild", subject, "--json")
            let line = try #require(answer.split(separator: "\n").last)
            let outcomes = try JSONDecoder().decode(Status.self, from: Data(line.utf8)).outcomes
            #expect(outcomes == ["equal": Self.tenants], "\(subject): \(answer)")
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
