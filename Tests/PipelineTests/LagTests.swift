import Kafka
import Testing

@testable import Pipeline

/// How long ago a record was written, as it is found without reading it.
@Suite struct LagTests {
    /// A log with gaps, whose records were written at moments of their own.
    private struct Log {
        let records: [(offset: Int64, age: Int64)]

        init(_ records: [(offset: Int64, age: Int64)]) { self.records = records }

        init(seed: Int, count: Int) {
            records = (0..<count).map { index in
                let noise = (index * index * 7_919 + seed * 104_729) % 1_000
                return (offset: Int64(index * 3 + index % 2), age: Int64((count - index) * 2_000 + noise))
            }
        }

        /// As brokers answer: the first record that is at most so old.
        func first(atMost age: Int64) -> Int64? { records.first { $0.age <= age }?.offset }
    }

    private static let partition = TopicPartition(topic: "t", partition: 0)

    private func age(at place: Int64, in log: Log) async -> Ages.Age? {
        await Ages.search([Self.partition: place]) { ages in
            ages.compactMapValues { log.first(atMost: $0) }
        }[Self.partition]
    }

    @Test("the age of a record is found to the millisecond, wherever in the log it lies", arguments: 1...20)
    func exact(seed: Int) async {
        let log = Log(seed: seed, count: 30)
        for record in log.records {
            let found = await age(at: record.offset, in: log)
            #expect(found == Ages.Age(milliseconds: record.age, offset: record.offset))
        }
    }

    @Test("the mark of a transaction, behind the last record, is found by its time as records are")
    func mark() async {
        let records = Log(seed: 1, count: 10).records
        let last = records[records.count - 1]
        let mark = (offset: last.offset + 1, age: last.age - 1)
        let found = await age(at: mark.offset, in: Log(records + [mark]))
        #expect(found == Ages.Age(milliseconds: mark.age, offset: mark.offset))
    }

    @Test("of brokers that do not tell nothing is known, and of no place nobody is asked")
    func silent() async {
        let unknown = await Ages.search([Self.partition: 1]) { _ in nil }
        #expect(unknown.isEmpty)
        var questions = 0
        let none = await Ages.search([:]) { _ in
            questions += 1
            return nil
        }
        #expect(none.isEmpty && questions == 0)
    }

    @Test("a group is as late as its latest partition, and has as much before it as all together")
    func sums() {
        let partitions = [
            PartitionLag(partition: 0, messages: 3, seconds: 5), PartitionLag(partition: 1, messages: 0, seconds: nil),
            PartitionLag(partition: 2, messages: 4, seconds: 9),
        ]
        let group = GroupLag(consumer: "mapper", topic: "t", hasRead: true, partitions: partitions)
        #expect(group.messages == 7 && group.seconds == 9)
    }
}
