import Kafka
import KafkaTesting
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RecordTests {
    let cluster = MockCluster()

    private func roundTrip(_ record: OutgoingRecord) async throws -> Record {
        try cluster.createTopic("people")
        _ = try await cluster.makeProducer().send(record)
        var reader = try Member(on: cluster)
        try await reader.read(1)
        try await reader.consumer.close()
        return try #require(reader.records.first)
    }

    @Test("no value is a tombstone, an empty value is not", arguments: [nil, [], [7]] as [[UInt8]?])
    func tombstones(value: [UInt8]?) async throws {
        let record = try await roundTrip(OutgoingRecord(topic: "people", key: "ann", value: value))
        #expect(record.value == value)
        #expect(record.key == Array("ann".utf8))
    }

    @Test("no key and an empty key differ", arguments: [nil, "", "a key longer than fifteen bytes, 钥匙"] as [String?])
    func keys(key: String?) async throws {
        let record = try await roundTrip(OutgoingRecord(topic: "people", key: key, value: [1]))
        #expect(record.key == key.map { Array($0.utf8) })
    }

    @Test("headers keep their order, repeat, and may have no value")
    func headers() async throws {
        let headers = [
            Header("a", "1"), Header("名", "值"), Header("a", "2"), Header("none", bytes: nil), Header("empty", ""),
        ]
        let record = try await roundTrip(OutgoingRecord(topic: "people", value: [1], headers: headers))
        #expect(record.headers == headers)
        #expect(record.header("a") == "2")
        #expect(record.header("none") == nil)
        #expect(record.header("empty") == "")
        #expect(record.header("other") == nil)
    }

    @Test("a record knows when it was written")
    func timestamp() async throws {
        let record = try await roundTrip(OutgoingRecord(1))
        #expect(record.timestamp > 1_600_000_000_000)
    }

    @Test("a poll's batches keep the order within each partition")
    func batches() {
        func record(_ partition: Int32, _ offset: Int64) -> Record {
            Record(position: Position(topic: "t", partition: partition, offset: offset), key: nil, value: nil)
        }
        let poll = Poll(records: [record(1, 0), record(0, 7), record(1, 1), record(1, 2), record(0, 8)])
        #expect(poll.batches.map(\.partition.partition) == [1, 0])
        #expect(poll.batches.map { $0.records.map(\.position.offset) } == [[0, 1, 2], [7, 8]])
    }
}
