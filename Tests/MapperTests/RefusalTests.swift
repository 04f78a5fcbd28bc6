import Failures
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Testing

@testable import Mapper

/// Nothing is missing in silence: the writer hears of what cannot be mapped.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS is not set"))
struct RefusalTests {
    private static let origin = #"{"department":3,"part":1,"digest":"00000000000000010000000000000002"}"#

    @Test(
        "a page that cannot be mapped travels on as refused, with what can be read of it",
        arguments: [
            (UserPage.type, #"{"page":4,"mappingNumber":1,"origin":\#(origin),"users":[{"userid":"a}]}"#, 4, true),
            (UserPage.type, #"{"page":4,"mappingNumber":1,"users":7}"#, 4, false),
            (UserPage.type, #"{"page":4,"origin":\#(origin),"users":[]}"#, 4, true),
            (DepartmentPage.type, #"{"page":5,"departments":[{"id":1}"#, 5, false),
            (UnchangedPages.type, #"{"page":6,"mappingNumber":1,"pages":[{"origin":7}]}"#, 6, false),
            (UserPage.type, "oops", 0, false),
            (UserPage.type, "", 0, false),
        ] as [(MessageType, String, Int, Bool)]
    )
    func page(type: MessageType, json: String, page: Int, hasOrigin: Bool) async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration())
            let broken = try world.record(type, json)
            try await world.send(broken)
            try await world.send(RunAborted(outcome: .failed, reason: "the end"))
            let messages = try await world.received(2)
            let refused = try messages[0].decode(PageRefused.self)
            #expect(refused.page == page)
            #expect(refused.origin?.department == (hasOrigin ? 3 : nil))
            #expect(!refused.reason.isEmpty)
            #expect(messages[0].envelope.position == world.envelope().position)
            #expect(messages[0].envelope.run == world.run)
            // The run goes on.
            #expect(messages[1].envelope.type == RunAborted.type)
            #expect(try await world.rejected(1).map(\.record.value) == [broken.value])
        }
    }

    @Test(
        "a run of which another message cannot be read ends, and the rest of it is passed over",
        arguments: [
            (RunStarted.type, #"{"kind":"later"}"#),
            (RunFetched.type, "{}"),
            (RunAborted.type, "oops"),
            (MessageType(rawValue: "wecombridge.later.v1"), "{}"),
            (MessageType(rawValue: "wecombridge.user-page.v2"), "{}"),
        ]
    )
    func message(type: MessageType, json: String) async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration())
            let broken = try world.record(type, json)
            try await world.send(broken)
            try await world.send(UserPage.users(#"[{"userid":"a"}]"#))
            try await world.send(RunStarted.sample(), world.envelope(epoch: 2))
            let messages = try await world.received(2)
            let aborted = try messages[0].decode(RunAborted.self)
            #expect(aborted.outcome == .failed)
            #expect(aborted.cause == .unreadable)
            #expect(messages[0].envelope.position == world.envelope().position)
            #expect(messages[1].envelope.type == RunStarted.type)
            #expect(try await world.rejected(1).map(\.record.value) == [broken.value])
        }
    }

    @Test("what belongs to no run goes to the dead letters alone")
    func withoutRun() async throws {
        try await MapperWorld.with { world in
            var homeless = try world.record(UserPage.type, "{}")
            homeless.headers.removeAll { $0.name == "ce_epoch" }
            try await world.send(homeless)
            try await world.send(RunStarted.sample())
            #expect(try await world.received(1).map(\.envelope.type) == [RunStarted.type])
            #expect(try await world.rejected(1).map(\.reason) == ["the message belongs to no run"])
        }
    }

    @Test("what comes late from an earlier holder is passed over, however broken")
    func late() async throws {
        try await MapperWorld.with { world in
            try await world.send(RunStarted.sample(), world.envelope(fence: 2))
            try await world.send(try world.record(UserPage.type, "oops", world.envelope(fence: 1)))
            try await world.send(RunAborted(outcome: .failed, reason: "the end"), world.envelope(fence: 2))
            #expect(try await world.received(2).map(\.envelope.type) == [RunStarted.type, RunAborted.type])
        }
    }

    @Test("what ends a run comes again with its letter, should the letter not have arrived the first time")
    func comesAgain() async throws {
        try await MapperWorld.with { world in
            let handler = try world.makeHandler()
            let broken = try world.record(RunFetched.type, "{}")
            let record = Record(
                position: Position(topic: broken.topic, partition: 0, offset: 5),
                key: nil,
                value: broken.value,
                headers: broken.headers
            )
            let batch = PartitionBatch(partition: record.position.topicPartition, records: [record])
            for _ in 1...2 { #expect(try await handler.handle(batch).count == 1) }
            #expect(try await world.received(2).map(\.envelope.type) == [RunAborted.type, RunAborted.type])
        }
    }

    @Test("what the brokers refuse for good is answered as what cannot be mapped")
    func passedOver() async throws {
        try await MapperWorld.with { world in
            let handler = try world.makeHandler()
            let batch = try PartitionBatch.sample([(UserPage.users("[]"), world.envelope())])
            let rejection = Rejection(record: batch.records[0], reason: "too large")
            let isDone = try await handler.passOver(rejection, letter: world.record(UserPage.type, "{}"))
            #expect(!isDone)
            let refused = try await world.received(1)[0].decode(PageRefused.self)
            #expect(refused.page == 7)
            #expect(refused.reason == "too large")
        }
    }

    @Test("those of which the brokers refuse something for good are found in one go, and all others are handed on once")
    func refusedByBrokers() async throws {
        try await MapperWorld.with { world in
            let settings = Broker.settings.merging(["message.max.bytes": "4000"]) { $1 }
            let handler = try world.makeHandler(writingBy: Producer(settings: settings, logger: Broker.quiet))
            let large = String(repeating: "x", count: 8_000)
            let reasons = ["first", large, "second", large, "third"]
            let batch = try PartitionBatch.sample(
                reasons.map { reason -> (any Message, Envelope) in
                    (RunAborted(outcome: .failed, reason: reason), world.envelope())
                }
            )
            let rejections = try await handler.handle(batch)
            #expect(rejections.map(\.record.position.offset) == [1, 3])
            #expect(rejections.allSatisfy { $0.cause.code == "refused-by-brokers" })
            let ends = try await world.received(5).map { try $0.decode(RunAborted.self) }
            #expect(ends.prefix(3).map(\.reason) == ["first", "second", "third"])
            #expect(ends.suffix(2).allSatisfy { $0.cause == .unreadable })
        }
    }
}
