import Failures
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Synchronization
import Testing

/// What the stage does with records that fail for good.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct DivisionTests {
    private struct Refused: ClassifiedFailure, CustomStringConvertible {
        var failureClass: FailureClass { .permanent }
        var description: String { "refused by its data" }
    }

    private static let bad: Set<Int> = [3, 77, 78, 199]

    private static func recorder(passesOver: Bool = false) -> Recorder {
        Recorder(passesOver: passesOver) { batch, _ in
            if batch.records.contains(where: { bad.contains($0.number ?? -1) }) { throw Refused() }
            return []
        }
    }

    @Test("a batch that fails for good is divided until the one record is found, and all others are handled in order")
    func divided() async throws {
        try await Site.broker { site in
            let recorder = Self.recorder()
            let positions = try await site.write(0..<200)
            try await running([site.makeStage(recorder)]) {
                try await eventually("the others") { recorder.seen.count == 196 }
                let letters = try await site.records(in: site.deadTopic, count: 4).compactMap(DeadLetter.init)
                #expect(Set(letters.compactMap(\.record.number)) == Self.bad)
                #expect(letters.allSatisfy { $0.reason == "refused by its data" })
            }
            #expect(recorder.seen.numbers.values.first == (0..<200).filter { !Self.bad.contains($0) })
            #expect(recorder.seen.passedOver.count == 4)
            // Each of the four costs two calls for each halving, and no more.
            #expect(recorder.seen.calls.values.reduce(0, +) < 80)
            #expect(try await site.committed() == [positions[0].topicPartition: 200])
        }
    }

    @Test("a handler that passes over a record itself is given its letter, and the stage sends none")
    func passedOver() async throws {
        try await Site.broker { site in
            let recorder = Self.recorder(passesOver: true)
            try await site.write(0..<10)
            try await running([site.makeStage(recorder)]) {
                try await eventually("the others") { recorder.seen.count == 9 }
                let letter = try #require(recorder.seen.passedOver.first)
                #expect(letter.topic == site.deadTopic)
                #expect(letter.value == Array("3".utf8))
                let admin = try Admin(settings: site.kafka, logger: Broker.quiet)
                #expect(try await admin.endOffsets(site.deadTopic) == [0: 0])
                try await admin.close()
            }
        }
    }

    @Test("what may pass is neither divided nor set aside, though it comes with what fails for good")
    func mixed() async throws {
        try await Site.broker { site in
            let isHealed = Flag()
            let recorder = Recorder { batch, _ in
                if batch.records.contains(where: { $0.number == 3 }) { throw Refused() }
                if batch.records.contains(where: { $0.number == 7 }), !isHealed.isSet { throw Transient() }
                return []
            }
            try await site.write(0..<10)
            try await running([site.makeStage(recorder)]) {
                try await eventually("what comes before") {
                    Set(recorder.seen.all).isSuperset(of: [0, 1, 2, 4])
                }
                isHealed.set()
                try await eventually("the rest") {
                    Set(recorder.seen.all) == Set(0..<10).subtracting([3])
                }
                #expect(try await site.records(in: site.deadTopic, count: 1).map(\.number) == [3])
            }
        }
    }

    @Test("500 records that cannot be read cost a handler that reads them together one call")
    func unreadable() async throws {
        try await Site.broker { site in
            try await site.producer.send(
                (0..<500).map { OutgoingRecord(topic: site.topic, value: Array("\($0)".utf8)) }
            )
            let recorder = Recorder { batch, _ in try batch.read { $0.envelope.type }.rejected }
            var settings = site.settings
            settings.batchRecords = 500
            try await running([site.makeStage(recorder, settings: settings)]) {
                let letters = try await site.records(in: site.deadTopic, count: 500)
                #expect(letters.count == 500)
            }
            #expect(recorder.seen.calls.values.reduce(0, +) < 10)
        }
    }
}
