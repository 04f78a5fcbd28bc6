import Kafka
import KafkaTesting
import Messages
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(5))) struct DeadLetterTests {
    private func rejection(
        value: [UInt8]? = Array("value".utf8),
        key: [UInt8]? = Array("key".utf8),
        headers: [Header] = [Header("ce_id", "1"), Header("ce_type", "person")],
        reason: String = "poison"
    ) -> Rejection {
        let position = Position(topic: "people", partition: 3, offset: 7)
        return Rejection(record: Record(position: position, key: key, value: value, headers: headers), reason: reason)
    }

    private func letter(_ rejection: Rejection) throws -> (record: OutgoingRecord, letter: DeadLetter) {
        let outgoing = DeadLetters.letter(rejection, stage: "reader", attempts: 2)
        let record = Record(
            position: Position(topic: outgoing.topic, partition: 0, offset: 0),
            key: outgoing.key.map { Array($0.utf8) },
            value: outgoing.value,
            headers: outgoing.headers
        )
        return (outgoing, try #require(DeadLetter(record)))
    }

    private func size(_ record: OutgoingRecord) -> Int {
        record.headers.reduce((record.key?.utf8.count ?? 0) + (record.value?.count ?? 0)) {
            $0 + $1.name.utf8.count + ($1.value?.count ?? 0)
        }
    }

    private func header(_ name: String, bytes: Int) -> Header {
        Header(name, bytes: [UInt8](repeating: 65, count: bytes))
    }

    @Test("a record that fits is kept whole, and can be handled once more")
    func whole() throws {
        let rejection = rejection()
        let (record, letter) = try letter(rejection)
        #expect(record.topic == "people.reader.dead")
        #expect(!letter.isCut)
        #expect(letter.reason == "poison")
        #expect(letter.stage == "reader")
        #expect(letter.attempts == 2)
        #expect(letter.origin == rejection.record.position)
        let restored = try #require(letter.restored)
        #expect(restored.topic == "people")
        #expect(restored.key == "key")
        #expect(restored.value == rejection.record.value)
        #expect(restored.headers == rejection.record.headers)
    }

    @Test("a long reason is cut at a character's boundary")
    func longReason() throws {
        let (_, letter) = try letter(rejection(reason: String(repeating: "👩‍👩‍👧‍👦", count: 1_000)))
        #expect(letter.reason.utf8.count <= 1_003)
        #expect(letter.reason.utf8.count > 900)
        #expect(letter.reason.dropLast().allSatisfy { $0 == "👩‍👩‍👧‍👦" })
        #expect(letter.reason.hasSuffix("…"))
        #expect(!letter.isCut)
    }

    @Test("a header of a megabyte is left out and counted, and the others and the value stay")
    func largeHeader() throws {
        let headers = [Header("ce_id", "1"), header("large", bytes: 1 << 20), Header("ce_type", "person")]
        let (record, letter) = try letter(rejection(headers: headers))
        #expect(size(record) <= DeadLetter.mostBytes)
        #expect(letter.record.header("dead-omitted-headers") == "1")
        #expect(letter.record.header("ce_id") == "1")
        #expect(letter.record.header("ce_type") == "person")
        #expect(letter.record.header("large") == nil)
        #expect(letter.record.value == Array("value".utf8))
        #expect(letter.isCut)
        #expect(letter.restored == nil)
    }

    @Test("of a megabyte of small headers as many are kept as fit, the first ones")
    func manyHeaders() throws {
        let headers = (0..<20_000).map { header("header \($0)", bytes: 50) }
        let (record, letter) = try letter(rejection(headers: headers))
        #expect(size(record) <= DeadLetter.mostBytes)
        let omitted = try #require(letter.record.header("dead-omitted-headers").flatMap(Int.init))
        let kept = letter.record.headers.filter { $0.name.hasPrefix("header ") }
        #expect(kept.count + omitted == 20_000)
        #expect(kept == Array(headers.prefix(kept.count)))
        #expect(letter.record.value == Array("value".utf8))
    }

    @Test("headers beyond the usual give way to the value, and the value only to what is usual")
    func valueOrHeaders() throws {
        let value = [UInt8](repeating: 7, count: 900_000)
        let (record, large) = try letter(rejection(value: value, headers: [header("large", bytes: 100_000)]))
        #expect(size(record) <= DeadLetter.mostBytes)
        #expect(record.value == value)
        #expect(large.record.header("dead-omitted-headers") == "1")
        let whole = [UInt8](repeating: 7, count: DeadLetter.mostBytes)
        let (other, usual) = try letter(rejection(value: whole))
        #expect(other.value == nil)
        #expect(usual.record.header("dead-omitted-bytes") == "\(whole.count)")
        #expect(usual.record.header("ce_type") == "person")
        #expect(usual.record.header("dead-omitted-headers") == nil)
    }

    @Test("a key that does not fit is left out and its length told")
    func largeKey() throws {
        let key = [UInt8](repeating: 65, count: 900_000)
        let (record, letter) = try letter(rejection(value: key, key: key))
        #expect(size(record) <= DeadLetter.mostBytes)
        #expect(record.key == nil)
        #expect(record.value == key)
        #expect(letter.record.header("dead-omitted-key-bytes") == "900000")
        #expect(letter.isCut)
    }

    @Test(
        "a record with a megabyte of headers gets to the dead letters, whatever the brokers take",
        .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"),
        arguments: ["1000000", "20000", "5000"]
    )
    func sent(most: String) async throws {
        let topic = Broker.uniqueName("people")
        let dead = TopicSpecification(
            name: DeadLetters.topic(of: topic, stage: "reader"),
            partitions: 1,
            replication: 1
        )
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders([dead])
        let settings = Broker.settings.merging(["message.max.bytes": most]) { $1 }
        let producer = try Producer(settings: settings, logger: Broker.quiet)
        let record = Record(
            position: Position(topic: topic, partition: 0, offset: 7),
            key: Array("key".utf8),
            value: [UInt8](repeating: 7, count: 10_000),
            headers: [Header("ce_id", "1"), header("large", bytes: 1 << 20)]
        )
        try await DeadLetters(stage: "reader", producer: producer)
            .send([Rejection(record: record, reason: "poison")], attempts: 1, firstSeen: .now)
        #expect(try await admin.endOffsets(dead.name) == [0: 1])
        try await admin.delete(afterUse: [dead.name])
        try await admin.close()
    }
}
