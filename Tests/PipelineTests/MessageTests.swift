import Kafka
import Messages
import Pipeline
import Testing

@Suite struct MessageTests {
    let idp = IdentityProviderID.make()

    func envelope(_ type: MessageType = CancelRun.type) -> Envelope {
        Envelope(
            type: type,
            source: "idp-registry/1",
            tenant: .make(),
            identityProvider: idp,
            run: .make(),
            position: RunPosition(epoch: Epoch(rawValue: 4), fence: Fence(rawValue: 2)),
            time: Timestamp(millisecondsSince1970: 1_772_353_800_125)
        )
    }

    func incoming(_ outgoing: OutgoingRecord) -> Record {
        Record(
            position: Position(topic: outgoing.topic, partition: 0, offset: 7),
            key: outgoing.key.map { Array($0.utf8) },
            value: outgoing.value,
            headers: outgoing.headers
        )
    }

    @Test("a message comes back as it was, with its envelope")
    func roundTrip() throws {
        let message = CancelRun(run: .make(), epoch: Epoch(rawValue: 4))
        let envelope = envelope()
        let namespace = try #require(TopicNamespace("test."))
        let record = try OutgoingRecord(message, envelope: envelope, in: namespace)
        #expect(record.topic == "test.sync.commands.v1")
        #expect(record.key == idp.description)
        let back = try IncomingMessage(incoming(record))
        #expect(back.envelope == envelope)
        #expect(try back.decode(CancelRun.self) == message)
    }

    @Test("the envelope's type is the message's")
    func type() throws {
        let message = CancelRun(run: .make(), epoch: Epoch(rawValue: 1))
        let record = try OutgoingRecord(message, envelope: envelope(RunSync.type), in: .none)
        #expect(try IncomingMessage(incoming(record)).envelope.type == CancelRun.type)
    }

    @Test("a message that several topics carry needs one given")
    func severalTopics() throws {
        let message = RunStarted(
            kind: .full,
            isDryRun: false,
            terms: RunTerms(),
            requestedAt: .now
        )
        #expect(throws: UnroutableMessage.self) { try OutgoingRecord(message, envelope: envelope(), in: .none) }
        let record = try OutgoingRecord(message, envelope: envelope(), to: TopicCatalogue.directoryRecords, in: .none)
        #expect(record.topic == "directory.records.v1")
    }

    @Test("a wrong header, type or value is told without quoting the value")
    func undecodable() throws {
        var record = try OutgoingRecord(
            CancelRun(run: .make(), epoch: Epoch(rawValue: 1)),
            envelope: envelope(),
            in: .none
        )
        let message = try IncomingMessage(incoming(record))
        #expect(throws: UndecodableMessage.self) { try message.decode(RunSync.self) }
        record.value = Array(#"{"run":"hunter2","epoch":1}"#.utf8)
        let error = #expect(throws: UndecodableMessage.self) {
            try IncomingMessage(incoming(record)).decode(CancelRun.self)
        }
        #expect(error?.reason.contains("hunter2") == false)
        #expect(error?.reason.contains("run") == true)
        #expect(error?.position.offset == 7)
        record.value = nil
        #expect(throws: UndecodableMessage.self) { try IncomingMessage(incoming(record)).decode(CancelRun.self) }
        record.headers.removeAll { $0.name == "ce_idpid" }
        let missing = #expect(throws: UndecodableMessage.self) { try IncomingMessage(incoming(record)) }
        #expect(missing?.reason.contains("ce_idpid") == true)
    }

    @Test("a batch is parted into what has an envelope and what has none")
    func batch() throws {
        let good = incoming(
            try OutgoingRecord(CancelRun(run: .make(), epoch: Epoch(rawValue: 1)), envelope: envelope(), in: .none)
        )
        let bad = Record(position: Position(topic: good.position.topic, partition: 0, offset: 8), key: nil, value: [1])
        let batch = PartitionBatch(partition: good.position.topicPartition, records: [good, bad])
        let (readable, rejected) = batch.messages()
        #expect(readable.map(\.record.position.offset) == [7])
        #expect(rejected.map(\.record.position.offset) == [8])
    }
}
