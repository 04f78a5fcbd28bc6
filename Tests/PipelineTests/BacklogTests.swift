import Kafka
import Testing

@testable import Pipeline

/// What the stage keeps of what it has read of a partition, and what it makes of what comes.
@Suite struct BacklogTests {
    private let settings: StageSettings = {
        var settings = StageSettings(kafka: [:])
        (settings.batchRecords, settings.batchBytes, settings.partitionsAtOnce) = (3, 10, 2)
        return settings
    }()

    @Test("batches keep to the limits of records and bytes, unless a single record is larger")
    func limits() {
        var backlog = Backlog()
        backlog.add(records(sizes: [6, 4, 1, 50, 0, 1, 1, 1]))
        var batches: [[Int64]] = []
        while !backlog.isEmpty { batches.append(backlog.next(settings).map(\.position.offset)) }
        #expect(batches == [[0, 1], [2], [3], [4, 5, 6], [7]])
    }

    @Test("it is full by records or by bytes, and low again once most of it is handled")
    func full() {
        var backlog = Backlog()
        backlog.add(records(sizes: Array(repeating: 0, count: 23)))
        #expect(!backlog.isFull(settings))
        backlog.add(records(sizes: [0], from: 23))
        #expect(backlog.isFull(settings))
        while !backlog.isLow(settings) { _ = backlog.next(settings) }
        #expect(!backlog.isFull(settings) && !backlog.isEmpty)
        backlog.removeAll()
        backlog.add(records(sizes: [20]))
        #expect(backlog.isFull(settings))
    }

    @Test("the oldest record is the first in hand, then the first that waits, and none when all is handled")
    func oldest() {
        var held = held(at: 0)
        #expect(held.oldest == nil)
        held.add(
            (0..<6).map {
                Record(
                    position: Position(topic: "t", partition: 0, offset: $0),
                    key: nil,
                    value: nil,
                    timestamp: 1_000 + $0
                )
            }
        )
        #expect(held.oldest == 1_000)
        let batch = held.backlog.next(settings)
        #expect(held.oldest == 1_003)
        held.inHand = batch.first?.timestamp
        #expect(held.oldest == 1_000)
        held.rewind(to: 0)
        #expect(held.oldest == 1_000, "it has to come again")
        held.inHand = nil
        #expect(held.oldest == nil)
    }

    @Test("what lies before the position is not handled again, and makes the log doubtful")
    func doubt() {
        var held = held(at: 5)
        held.add(records(sizes: [1, 1, 1], from: 4))
        #expect(held.position == 7)
        #expect(held.isDoubtful)
        #expect(held.backlog.next(settings).map(\.position.offset) == [5, 6])
    }

    @Test("gaps, as transactions leave them, are passed over and remembered until the log was looked at")
    func gaps() {
        var held = held(at: 0)
        held.add(records(sizes: [1], from: 0) + records(sizes: [1], from: 3) + records(sizes: [1], from: 9))
        held.add(records(sizes: [1], from: 20))
        #expect(held.position == 21)
        #expect(held.gap == 10)
        #expect(!held.isDoubtful)
    }

    @Test("what comes while the consumer reads elsewhere is dropped")
    func astray() {
        var held = held(at: 0)
        held.add(records(sizes: [1, 1]))
        held.rewind(to: 0)
        held.add(records(sizes: [1], from: 2))
        #expect(held.backlog.isEmpty)
        #expect(held.position == 0)
    }

    private func held(at offset: Int64) -> HeldPartition {
        var held = HeldPartition(id: 1)
        (held.state, held.flow, held.position) = (.reading, .flowing, offset)
        return held
    }

    private func records(sizes: [Int], from first: Int64 = 0) -> [Record] {
        sizes.enumerated().map { index, size in
            Record(
                position: Position(topic: "t", partition: 0, offset: first + Int64(index)),
                key: nil,
                value: [UInt8](repeating: 7, count: size)
            )
        }
    }
}
