import Testing

@testable import Chaos

@Suite struct GrowthTests {
    private static let before = Sample(
        memory: ["a": 100],
        descriptors: ["a": 40],
        connections: 30,
        database: 50,
        topics: 20,
        lag: 10
    )

    private static let changes: [@Sendable (inout Sample) -> Void] = [
        { $0.memory["a"] = 200 }, { $0.memory["a"] = nil }, { $0.descriptors["a"] = 60 }, { $0.connections = 60 },
        { $0.lag = 1_000 }, { $0.database = 200 }, { $0.topics = 200 },
    ]

    @Test("each figure that grows is told, and one that does not is not", arguments: changes)
    func grown(_ change: @Sendable (inout Sample) -> Void) {
        #expect(Growth(start: Self.before, end: Self.before, runs: 0).found.isEmpty)
        var after = Self.before
        change(&after)
        #expect(Growth(start: Self.before, end: after, runs: 10).found.count == 1)
    }

    @Test("what runs leave behind may be there")
    func left() {
        var after = Self.before
        after.database = 150
        #expect(Growth(start: Self.before, end: after, runs: 400).found.isEmpty)
    }

    @Test("the typical figure is the one in the middle")
    func typical() {
        let samples = [1.0, 900, 3].map { Sample(memory: ["a": $0], connections: $0) }
        #expect(samples.typical.memory["a"] == 3 && samples.typical.connections == 3)
    }
}
