import Kafka
import Testing

@testable import Pipeline

/// What the stage keeps of what it has read.
@Suite struct BacklogTests {
    private let settings: StageSettings = {
        var settings = StageSettings(kafka: [:])
        (settings.batchRecords, settings.batchBytes, settings.partitionsAtOnce) = (3, 10, 2)
        return settings
    }()

    @Test("the partition that has waited longest comes first, and waits again for its next batch")
    func order() {
        var backlog = Backlog(settings: settings)
        backlog.add(batch(0, sizes: [1, 1, 1, 1]))
        backlog.add(batch(1, sizes: [1]))
        backlog.add(batch(0, sizes: [1], from: 4))
        #expect(take(&backlog) == [0, 0, 0])
        #expect(take(&backlog) == [1])
        #expect(take(&backlog) == [0, 0])
        #expect(backlog.next { _ in true } == nil)
    }

    @Test("a partition that is not ready is passed over and keeps its place")
    func notReady() {
        var backlog = Backlog(settings: settings)
        backlog.add(batch(0, sizes: [1]))
        backlog.add(batch(1, sizes: [1]))
        #expect(backlog.next { $0.partition != 0 }?.partition.partition == 1)
        #expect(take(&backlog) == [0])
    }

    @Test("a batch keeps to the limit of bytes, unless its first record is larger")
    func bytes() {
        var backlog = Backlog(settings: settings)
        backlog.add(batch(0, sizes: [6, 4, 1, 50, 0, 1]))
        #expect(backlog.next { _ in true }?.records.map(\.position.offset) == [0, 1])
        #expect(backlog.next { _ in true }?.records.map(\.position.offset) == [2])
        #expect(backlog.next { _ in true }?.records.map(\.position.offset) == [3])
        #expect(backlog.next { _ in true }?.records.map(\.position.offset) == [4, 5])
    }

    @Test("it is full by records or by bytes, and not any more once they are taken or forgotten")
    func full() {
        var backlog = Backlog(settings: settings)
        backlog.add(batch(0, sizes: [1, 1, 1, 1, 1]))
        #expect(!backlog.isFull)
        backlog.add(batch(1, sizes: [1]))
        #expect(backlog.isFull)
        _ = take(&backlog)
        #expect(!backlog.isFull)
        backlog.add(batch(2, sizes: [20]))
        #expect(backlog.isFull)
        backlog.remove(TopicPartition(topic: "t", partition: 2))
        #expect(!backlog.isFull)
        #expect(take(&backlog) == [1])
        #expect(take(&backlog) == [0, 0])
    }

    /// The partition, once for each record of its next batch.
    private func take(_ backlog: inout Backlog) -> [Int32] {
        backlog.next { _ in true }?.records.map(\.position.partition) ?? []
    }

    private func batch(_ partition: Int32, sizes: [Int], from first: Int64 = 0) -> PartitionBatch {
        let records = sizes.enumerated().map { index, size in
            Record(
                position: Position(topic: "t", partition: partition, offset: first + Int64(index)),
                key: nil,
                value: [UInt8](repeating: 7, count: size)
            )
        }
        return PartitionBatch(partition: TopicPartition(topic: "t", partition: partition), records: records)
    }
}
