import Kafka
import KafkaTesting
import Messages
import Pipeline
import Runtime
import ServiceLifecycle
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: Broker.isAvailable, "needs KAFKA_BOOTSTRAP_SERVERS"))
struct StageTests {
    @Test("every record is handled in its partition's order, and committed")
    func order() async throws {
        try await Site.broker(partitions: 3) { site in
            let positions = try await site.write(0..<1_000)
            let recorder = Recorder()
            try await running([site.makeStage(recorder)]) {
                try await eventually("all handled") { recorder.seen.count == 1_000 }
            }
            for (partition, numbers) in recorder.seen.numbers {
                let expected = positions.enumerated().filter { $0.element.topicPartition == partition }.map(\.offset)
                #expect(numbers == expected)
            }
            let ends = Dictionary(positions.map { ($0.topicPartition, $0.offset + 1) }) { max($0, $1) }
            #expect(try await site.committed() == ends)
        }
    }

    @Test("a poison record goes to the dead letters untouched, and the partition goes on")
    func poison() async throws {
        try await Site.broker { site in
            let poison: [UInt8] = [0xff, 0x00, 0x7b, 0xfe]
            let headers = [
                Header("ce_type", "nonsense"), Header("bytes", bytes: [0xfe, 0]), Header("none", bytes: nil),
            ]
            try await site.write(0..<3)
            let origin = try await site.producer.send(
                OutgoingRecord(topic: site.topic, key: "clé", value: poison, headers: headers)
            )
            try await site.write(3..<6)
            let recorder = Recorder { batch, _ in
                batch.records.filter { $0.number == nil }.map { Rejection(record: $0, reason: "no number") }
            }
            try await running([site.makeStage(recorder)]) {
                try await eventually("the rest") { recorder.seen.count == 6 }
            }
            let letter = try #require(DeadLetter(try await site.records(in: site.deadTopic, count: 1)[0]))
            #expect(letter.record.key == Array("clé".utf8))
            #expect(letter.record.value == poison)
            #expect(Array(letter.record.headers.prefix(3)) == headers)
            #expect(letter.reason == "no number")
            #expect(letter.stage == Site.stage)
            #expect(letter.attempts == 1)
            #expect(letter.origin == origin)
            #expect(letter.firstSeen <= .now)
            #expect(letter.restored?.headers == headers)
            #expect(try await site.committed() == [origin.topicPartition: 7])
        }
    }

    @Test("a handler whose state is out of date is asked anew where the partition starts")
    func outdated() async throws {
        try await Site.broker { site in
            try await site.write(0..<10)
            let recorder = Recorder(
                respond: { batch, call in
                    if call == 2 { throw Outdated() }
                    return []
                },
                start: { question, partitions in
                    Dictionary(uniqueKeysWithValues: partitions.map { ($0, question == 1 ? .at(4) : .at(2)) })
                }
            )
            try await running([site.makeStage(recorder)]) {
                try await eventually("the first part") { recorder.seen.count == 6 }
                try await site.write(10..<12)
                try await eventually("all from the new start") { recorder.seen.count == 16 }
            }
            #expect(recorder.seen.questions == 2)
            #expect(recorder.seen.numbers.values.flatMap(\.self) == Array(4..<10) + Array(2..<12))
        }
    }

    @Test("a handler whose state is out of date is given nothing until it can say where the partition starts")
    func outdatedForAWhile() async throws {
        try await Site.broker { site in
            let partition = try await site.write(0..<10)[0].topicPartition
            let isHealed = Flag()
            let recorder = Recorder(
                respond: { _, call in
                    if call == 1 { throw Outdated() }
                    return []
                },
                start: { question, _ in
                    guard question == 1 || isHealed.isSet else { throw Transient() }
                    return [partition: question == 1 ? .at(4) : .at(2)]
                }
            )
            try await running([site.makeStage(recorder)]) {
                try await eventually("asked three times") { recorder.seen.questions >= 3 }
                #expect(recorder.seen.calls == [partition: 1])
                // Where it was to start at first, and nothing beyond.
                #expect(try await site.committed() == [partition: 4])
                isHealed.set()
                try await eventually("all from the new start") { recorder.seen.count == 8 }
            }
            #expect(recorder.seen.all == Array(2..<10))
        }
    }

    private struct Outdated: OutdatedHandlerState {}

    @Test("a partition whose batch takes long holds up no other, not even what comes later")
    func slowPartition() async throws {
        try await Site.broker(partitions: 2) { site in
            let positions = try await site.write(0..<40)
            let slow = positions[0].topicPartition
            let gate = Gate()
            let recorder = Recorder { batch, _ in
                if batch.partition == slow { await gate.wait() }
                return []
            }
            try await running([site.makeStage(recorder)]) {
                try await eventually("the slow one is in hand") {
                    recorder.seen.calls[slow] != nil
                }
                let more = try await site.write(40..<80)
                let elsewhere = (positions + more).filter { $0.topicPartition != slow }
                try await eventually("the other one") {
                    recorder.seen.count == elsewhere.count
                }
                try await eventually("its commit") {
                    try await site.committed() == [elsewhere[0].topicPartition: Int64(elsewhere.count)]
                }
                #expect(recorder.seen.calls[slow] == 1)
                gate.open()
                try await eventually("all") { recorder.seen.count == 80 }
            }
            #expect(recorder.seen.numbers[slow] == recorder.seen.numbers[slow]?.sorted())
        }
    }

    @Test("a partition that stands still with more than is kept of it holds up no other, and is read on later")
    func fullBacklog() async throws {
        try await Site.broker(partitions: 2) { site in
            var settings = site.settings
            (settings.batchRecords, settings.partitionsAtOnce) = (5, 2)
            let records = (0..<400).map {
                OutgoingRecord(topic: site.topic, key: "key 0", value: Array("\($0)".utf8))
            }
            let stuck = try await site.producer.send(records)[0].topicPartition
            let gate = Gate()
            let recorder = Recorder { batch, _ in
                if batch.partition == stuck { await gate.wait() }
                return []
            }
            try await running([site.makeStage(recorder, settings: settings)]) {
                try await eventually("a batch is in hand") { !recorder.seen.calls.isEmpty }
                let elsewhere = try await site.write(400..<600).filter { $0.topicPartition != stuck }
                #expect(!elsewhere.isEmpty)
                try await eventually("the other one goes on") {
                    recorder.seen.count == elsewhere.count
                }
                #expect(recorder.seen.calls[stuck] == 1)
                gate.open()
                try await eventually("all") { recorder.seen.count == 600 }
            }
            #expect(recorder.seen.all == Array(0..<600))
            #expect(recorder.seen.numbers[stuck] == recorder.seen.numbers[stuck]?.sorted())
            #expect(recorder.seen.batches.allSatisfy { $0.count <= 5 })
        }
    }

    @Test("a record that the handler cannot decode goes to the dead letters, and the rest of its batch does not")
    func undecodable() async throws {
        try await Site.broker { site in
            try await site.write(0..<2)
            _ = try await site.producer.send(OutgoingRecord(topic: site.topic, value: nil))
            try await site.write(2..<4)
            let recorder = Recorder { batch, _ in
                for record in batch.records where record.number == nil {
                    throw UndecodableMessage(position: record.position, reason: "a tombstone")
                }
                return []
            }
            try await running([site.makeStage(recorder)]) {
                try await eventually("the rest") { recorder.seen.count == 4 }
            }
            #expect(recorder.seen.all == [0, 1, 2, 3])
            let letter = try #require(DeadLetter(try await site.records(in: site.deadTopic, count: 1)[0]))
            #expect(letter.reason == "a tombstone")
            #expect(letter.record.value == nil)
            #expect(letter.record.key == nil)
        }
    }

    @Test("a transient error is tried again, nothing is skipped, and other partitions go on meanwhile")
    func transient() async throws {
        try await Site.broker(partitions: 2) { site in
            let positions = try await site.write(0..<40)
            let stuck = positions[0].topicPartition
            let elsewhere = positions.filter { $0.topicPartition != stuck }.count
            let readiness = Readiness()
            let isHealed = Flag()
            let recorder = Recorder { batch, _ in
                if batch.partition == stuck, !isHealed.isSet { throw Transient() }
                return []
            }
            try await running([site.makeStage(recorder, readiness: readiness)]) {
                try await eventually("three attempts") { recorder.seen.calls[stuck] ?? 0 >= 3 }
                try await eventually("the other one") { recorder.seen.count == elsewhere }
                #expect(!readiness.isReady)
                let more = try await site.write(40..<80)
                let moreElsewhere = more.filter { $0.topicPartition != stuck }.count
                try await eventually("the other one goes on") {
                    recorder.seen.count == elsewhere + moreElsewhere
                }
                #expect(try await site.committed()[stuck] == nil)
                isHealed.set()
                try await eventually("all") { recorder.seen.count == 80 }
                try await eventually("ready again") { readiness.isReady }
            }
            #expect(recorder.seen.numbers[stuck] == recorder.seen.numbers[stuck]?.sorted())
            #expect(recorder.seen.all == Array(0..<80))
        }
    }

    @Test("a rejection after failed attempts tells how many there were")
    func attempts() async throws {
        try await Site.broker { site in
            try await site.write(0..<1)
            let recorder = Recorder { batch, call in
                if call < 3 { throw Transient() }
                return batch.records.map { Rejection(record: $0, reason: "given up") }
            }
            try await running([site.makeStage(recorder)]) {
                let letter = try #require(DeadLetter(try await site.records(in: site.deadTopic, count: 1)[0]))
                #expect(letter.attempts == 3)
            }
        }
    }

    @Test("the commit follows the handler, never comes before it")
    func commitFollows() async throws {
        try await Site.broker { site in
            let last = try await site.write(0..<10)[9]
            let gate = Gate()
            let recorder = Recorder { _, _ in
                await gate.wait()
                return []
            }
            try await running([site.makeStage(recorder)]) {
                try await eventually("the batch is in hand") { !recorder.seen.calls.isEmpty }
                #expect(try await site.committed().isEmpty)
                gate.open()
                try await eventually("the commit") {
                    try await site.committed() == [last.topicPartition: 10]
                }
            }
        }
    }

    @Test("asked to stop, it finishes and commits the batch in hand, and begins no other")
    func gracefulShutdown() async throws {
        try await Site.broker { site in
            let partition = try await site.write(0..<100)[0].topicPartition
            var settings = site.settings
            settings.batchRecords = 10
            let gate = Gate()
            let recorder = Recorder { _, _ in
                await gate.wait()
                return []
            }
            let stage = site.makeStage(recorder, settings: settings)
            try await running([OpensWhenStopping(stage: stage, gate: gate)]) {
                try await eventually("the batch is in hand") { !recorder.seen.calls.isEmpty }
            }
            #expect(recorder.seen.all == Array(0..<10))
            #expect(try await site.committed() == [partition: 10])
            #expect(recorder.seen.revoked == [partition])
        }
    }

    /// A stage whose gate opens once it has been asked to stop, and not before.
    private struct OpensWhenStopping: Service {
        let stage: Stage
        let gate: Gate

        func run() async throws {
            try await withGracefulShutdownHandler {
                try await stage.run()
            } onGracefulShutdown: {
                gate.open()
            }
        }
    }

    @Test("batches keep to the limits of records and bytes")
    func limits() async throws {
        try await Site.broker { site in
            try await site.write(0..<1_000)
            var settings = site.settings
            settings.batchRecords = 7
            settings.batchBytes = 12
            let recorder = Recorder()
            try await running([site.makeStage(recorder, settings: settings)]) {
                try await eventually("all") { recorder.seen.count == 1_000 }
            }
            let batches = recorder.seen.batches
            #expect(batches.allSatisfy { $0.count <= 7 })
            #expect(batches.allSatisfy { $0.map { $0.value?.count ?? 0 }.reduce(0, +) <= 12 })
            #expect(batches.contains { $0.count == 7 })
        }
    }

    @Test("a poison record that fills a message to its limit still gets out of the way")
    func largePoison() async throws {
        try await Site.broker { site in
            let value = [UInt8](repeating: 7, count: 999_900)
            let origin = try await site.producer.send(OutgoingRecord(topic: site.topic, value: value))
            let recorder = Recorder { batch, _ in batch.records.map { Rejection(record: $0, reason: "seven") } }
            try await running([site.makeStage(recorder)]) {
                let letter = try #require(DeadLetter(try await site.records(in: site.deadTopic, count: 1)[0]))
                #expect(letter.isCut)
                #expect(letter.restored == nil)
                #expect(letter.origin == origin)
            }
        }
    }

    @Test("the next stage of the same group goes on where the last one stopped")
    func goesOn() async throws {
        try await Site.broker(partitions: 2) { site in
            try await site.write(0..<20)
            let (first, second) = (Recorder(), Recorder())
            try await running([site.makeStage(first)]) {
                try await eventually("all") { first.seen.count == 20 }
            }
            try await site.write(20..<30)
            try await running([site.makeStage(second)]) {
                try await eventually("the new ones") { second.seen.count == 10 }
            }
            #expect(second.seen.all == Array(20..<30))
        }
    }
}

/// Set once.
final class Flag: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
