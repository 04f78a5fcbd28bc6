import Foundation
import Kafka
import KafkaTesting
import Pipeline
import Testing

/// A group of stages on three brokers, to which everything happens that happens to groups: whatever it is, no record is
/// in two members' hands at once, none is left out, and none overtakes another of its partition.
///
/// Chance decides what happens when; `HANDOVER_SEED` has it happen again.
@Suite(.timeLimit(.minutes(5)))
struct HandoverTests {
    private static let partitions: Int32 = 6
    private static let records = 1_500

    private enum Event: CaseIterable {
        case leader, coordinator, coordinatorLost, brokerDown, join, leave, die
    }

    @Test("whatever happens to a group", arguments: ["range", "cooperative-sticky"])
    func anything(strategy: String) async throws {
        let given = ProcessInfo.processInfo.environment["HANDOVER_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: 0..<1_000_000)
        print("HANDOVER_SEED=\(seed) (\(strategy))")
        var chance = Seed(seed)
        let site = try Site.mock(partitions: Self.partitions, brokers: 3)
        let cluster = try #require(site.cluster)
        let ledger = Ledger()
        var group = Members(site: site, strategy: strategy, ledger: ledger)
        group.join()
        group.join(isStatic: true)
        async let written: Void = write(to: site)
        for _ in 0..<5 {
            guard let event = Event.allCases.randomElement(using: &chance) else { break }
            try await Task.sleep(for: .milliseconds(Int.random(in: 500...3_000, using: &chance)))
            try await apply(event, &group, cluster, site, &chance)
        }
        try await written
        try await eventually("all is handled (seed \(seed), \(ledger.count) of \(Self.records))") {
            ledger.count == Int64(Self.records)
        }
        await group.end()
        #expect(ledger.faults.isEmpty, "seed \(seed)")
    }

    private func apply(
        _ event: Event,
        _ group: inout Members,
        _ cluster: MockCluster,
        _ site: Site,
        _ chance: inout Seed
    ) async throws {
        let broker = Int32.random(in: 1...3, using: &chance)
        let partition = Int32.random(in: 0..<Self.partitions, using: &chance)
        switch event {
        case .leader:
            try cluster.setLeader(of: TopicPartition(topic: site.topic, partition: partition), to: broker)
        case .coordinator:
            try cluster.setCoordinator(of: site.group, to: broker)
        case .coordinatorLost:
            try cluster.setCoordinator(of: site.group, to: broker)
            try cluster.stopBroker(broker)
            // Longer than the session of 4 s.
            try await Task.sleep(for: .seconds(6))
            try cluster.startBroker(broker)
        case .brokerDown:
            try cluster.stopBroker(broker)
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...2_000, using: &chance)))
            try cluster.startBroker(broker)
        case .join: group.join(isStatic: Bool.random(using: &chance))
        case .leave: await group.leave()
        case .die: group.die()
        }
    }

    /// A few at a time, so that there is always something to be read.
    private func write(to site: Site) async throws {
        for start in stride(from: 0, to: Self.records, by: 50) {
            try await site.slowProducer.send(
                (start..<(start + 50)).map {
                    OutgoingRecord(topic: site.topic, key: "key \($0 % 50)", value: Array("\($0)".utf8))
                }
            )
            try await Task.sleep(for: .milliseconds(400))
        }
    }
}

/// The members of a group, of which one at least lives.
private struct Members {
    let site: Site
    let strategy: String
    let ledger: Ledger
    private var living: [(isStatic: Bool, task: Task<Void, any Error>)] = []
    private var dead: [Task<Void, any Error>] = []
    private var count = 0

    init(site: Site, strategy: String, ledger: Ledger) {
        (self.site, self.strategy, self.ledger) = (site, strategy, ledger)
    }

    /// - Parameter isStatic: Then its group hears nothing when it stops, as of a process that is killed.
    mutating func join(isStatic: Bool = false) {
        guard living.count < 3 else { return }
        count += 1
        let name = "member-\(count)"
        var settings = site.settings
        settings.kafka["partition.assignment.strategy"] = strategy
        settings.instanceID = isStatic ? name : nil
        settings.batchRecords = 10
        let keeper = LedgerKeeper(ledger: ledger, name: name, slowness: 60)
        let stage = site.makeStage(keeper, settings: settings)
        living.append((isStatic, Task { try await stage.run() }))
    }

    /// Is gone without a word: its group finds out after its session.
    mutating func die() {
        guard living.count > 1, let index = living.firstIndex(where: \.isStatic) else { return join(isStatic: true) }
        dead.append(living.remove(at: index).task)
        dead.last?.cancel()
    }

    /// Leaves its group.
    mutating func leave() async {
        guard living.count > 1, let index = living.firstIndex(where: { !$0.isStatic }) else { return join() }
        let task = living.remove(at: index).task
        task.cancel()
        _ = try? await task.value
    }

    mutating func end() async {
        for task in living.map(\.task) + dead { task.cancel() }
        for task in living.map(\.task) + dead { _ = try? await task.value }
    }
}
