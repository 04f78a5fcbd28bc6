import Kafka

/// What was read and is not handled yet, by partition: those that have waited longest come first.
struct Backlog {
    private let settings: StageSettings
    private var records: [TopicPartition: ArraySlice<Record>] = [:]
    /// Those that have records, in the order in which they are to be handled.
    private var order: [TopicPartition] = []
    /// Of all values together.
    private var bytes = 0
    private var count = 0

    init(settings: StageSettings) { self.settings = settings }

    /// Whether more is to be read only once some of it is handled.
    var isFull: Bool {
        count >= settings.batchRecords * settings.partitionsAtOnce
            || bytes >= settings.batchBytes * settings.partitionsAtOnce
    }

    mutating func add(_ batch: PartitionBatch) {
        guard !batch.records.isEmpty else { return }
        if records[batch.partition] == nil { order.append(batch.partition) }
        records[batch.partition, default: []] += batch.records
        count += batch.records.count
        bytes += batch.records.reduce(0) { $0 + $1.size }
    }

    /// Forgets what is there of a partition.
    mutating func remove(_ partition: TopicPartition) {
        guard let removed = records.removeValue(forKey: partition) else { return }
        order.removeAll { $0 == partition }
        count -= removed.count
        bytes -= removed.reduce(0) { $0 + $1.size }
    }

    /// Takes out the next batch of the partition that has waited longest, of those that `isReady` lets pass.
    mutating func next(where isReady: (TopicPartition) -> Bool) -> PartitionBatch? {
        guard let index = order.firstIndex(where: isReady) else { return nil }
        let partition = order.remove(at: index)
        guard var waiting = records.removeValue(forKey: partition) else { return nil }
        let batch = waiting.prefix(batchLength(waiting))
        waiting = waiting.dropFirst(batch.count)
        if !waiting.isEmpty {
            records[partition] = waiting
            order.append(partition)
        }
        count -= batch.count
        bytes -= batch.reduce(0) { $0 + $1.size }
        return PartitionBatch(partition: partition, records: Array(batch))
    }

    /// How many records make a batch: one at least, however large it is.
    private func batchLength(_ waiting: ArraySlice<Record>) -> Int {
        var (length, size) = (0, 0)
        for record in waiting.prefix(settings.batchRecords) {
            size += record.size
            guard length == 0 || size <= settings.batchBytes else { break }
            length += 1
        }
        return length
    }
}

extension Record {
    fileprivate var size: Int { value?.count ?? 0 }
}
