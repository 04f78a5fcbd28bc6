import Kafka

/// What was read of a partition and is not handled yet.
struct Backlog {
    private var records: ArraySlice<Record> = []
    /// Of all values together.
    private var bytes = 0

    var isEmpty: Bool { records.isEmpty }
    /// When the first was written, in milliseconds since 1970; nil when unknown.
    var oldest: Int64? { records.first.flatMap { $0.timestamp > 0 ? $0.timestamp : nil } }

    mutating func add(_ new: some Collection<Record>) {
        records += new
        bytes += new.reduce(0) { $0 + $1.size }
    }

    mutating func removeAll() { self = Backlog() }

    /// Whether the partition is to be read on only once some of it is handled.
    func isFull(_ settings: StageSettings) -> Bool {
        records.count >= settings.batchRecords * 8 || bytes >= settings.batchBytes * 2
    }

    /// Whether so little is left that a full partition is to be read on: what librdkafka had ready of it is fetched
    /// again then, so it is not done for every batch.
    func isLow(_ settings: StageSettings) -> Bool {
        records.count <= settings.batchRecords && bytes <= settings.batchBytes
    }

    /// Takes out the next batch: one record at least, however large it is.
    mutating func next(_ settings: StageSettings) -> [Record] {
        var (length, size) = (0, 0)
        for record in records.prefix(settings.batchRecords) {
            guard length == 0 || size + record.size <= settings.batchBytes else { break }
            size += record.size
            length += 1
        }
        defer {
            records = records.dropFirst(length)
            bytes -= size
        }
        return Array(records.prefix(length))
    }
}

extension Record {
    fileprivate var size: Int { value?.count ?? 0 }
}
