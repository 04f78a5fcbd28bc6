import Failures
import Kafka
import KafkaTesting
import Logging
import Messages
import Testing

@testable import Pipeline

/// What a batch costs of which something fails for good, and how far it counts as handled.
@Suite(.timeLimit(.minutes(5)))
struct BatchDivisionTests {
    private struct Refused: ClassifiedFailure {
        var failureClass: FailureClass { .permanent }
    }

    /// Refuses batches with a bad record, and to pass over it.
    private struct Stubborn: StageHandler {
        let bad: Int

        func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
            if batch.records.contains(where: { $0.number == bad }) { throw Refused() }
            return []
        }

        func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool { throw Refused() }
    }

    private static let size = 512
    /// How often a batch of that size can be halved.
    private static let halvings = 9

    /// Fails as a whole where a bad record is among those that it is given.
    private static func recorder(refusing bad: Set<Int>, passing: Set<Int> = []) -> Recorder {
        Recorder(passesOver: true) { batch, _ in
            if batch.records.contains(where: { bad.contains($0.number ?? -1) }) { throw Refused() }
            if batch.records.contains(where: { passing.contains($0.number ?? -1) }) { throw Transient() }
            return []
        }
    }

    private static func work(_ handler: some StageHandler, _ producer: Producer) -> PartitionWork {
        PartitionWork(
            stage: Site.stage,
            handler: handler,
            deadLetters: DeadLetters(stage: Site.stage, producer: producer),
            metrics: StageMetrics(stage: Site.stage),
            logger: Broker.quiet
        )
    }

    private static func batch(_ count: Int, of topic: String) -> PartitionBatch {
        let records = (0..<count).map { number in
            Record(
                position: Position(topic: topic, partition: 0, offset: Int64(number)),
                key: nil,
                value: Array("\(number)".utf8)
            )
        }
        return PartitionBatch(partition: TopicPartition(topic: topic, partition: 0), records: records)
    }

    private static func passedOver(_ recorder: Recorder) -> [Int] {
        recorder.seen.passedOver.compactMap { letter in
            letter.value.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        }
    }

    @Test(
        "one record that fails among many costs two calls for each halving at most",
        arguments: [0, 1, 255, 300, 511]
    )
    func one(bad: Int) async throws {
        let site = try Site.mock()
        let recorder = Self.recorder(refusing: [bad])
        let outcome = await Self.work(recorder, site.producer).handle(Self.batch(Self.size, of: site.topic), after: nil)
        #expect(outcome.next == Int64(Self.size) && outcome.failure == nil)
        #expect(Self.passedOver(recorder) == [bad])
        #expect(recorder.seen.numbers.values.first == (0..<Self.size).filter { $0 != bad })
        #expect(recorder.seen.calls.values.reduce(0, +) <= 1 + 2 * Self.halvings)
    }

    @Test("what is known to be in a half is not looked for in all of it once more")
    func last() async throws {
        let site = try Site.mock()
        let recorder = Self.recorder(refusing: [Self.size - 1])
        _ = await Self.work(recorder, site.producer).handle(Self.batch(Self.size, of: site.topic), after: nil)
        // All together, each first half, and the one alone.
        #expect(recorder.seen.calls.values.reduce(0, +) == 2 + Self.halvings)
    }

    @Test("whichever records fail, they alone are passed over, and all others are handled once and in order")
    func random() async throws {
        let site = try Site.mock()
        for seed in UInt64(0)..<50 {
            var chance = Seed(seed)
            let bad = Set(
                (0..<Int.random(in: 0...20, using: &chance)).map { _ in Int.random(in: 0..<Self.size, using: &chance) }
            )
            let recorder = Self.recorder(refusing: bad)
            let batch = Self.batch(Self.size, of: site.topic)
            let outcome = await Self.work(recorder, site.producer).handle(batch, after: nil)
            #expect(outcome.next == Int64(Self.size) && outcome.failure == nil, "seed \(seed)")
            #expect(Self.passedOver(recorder) == bad.sorted(), "seed \(seed)")
            #expect(recorder.seen.numbers.values.first == (0..<Self.size).filter { !bad.contains($0) }, "seed \(seed)")
            #expect(recorder.seen.calls.values.reduce(0, +) <= 1 + 2 * Self.halvings * bad.count, "seed \(seed)")
        }
    }

    @Test("what may pass ends the batch where it is met, with all before it handled")
    func transient() async throws {
        let site = try Site.mock()
        let recorder = Self.recorder(refusing: [3], passing: [300])
        let batch = Self.batch(Self.size, of: site.topic)
        let outcome = await Self.work(recorder, site.producer).handle(batch, after: nil)
        let next = try #require(outcome.next)
        #expect(next > 3 && next <= 300)
        #expect(outcome.failure?.offset == next)
        #expect(outcome.failure?.error is Transient)
        #expect(recorder.seen.numbers.values.first == (0..<Int(next)).filter { $0 != 3 })
        #expect(Self.passedOver(recorder) == [3])
    }

    @Test("a letter that the handler cannot write for good is the stage's, and the partition goes on")
    func stubborn() async throws {
        let site = try Site.mock()
        let batch = Self.batch(10, of: site.topic)
        let outcome = await Self.work(Stubborn(bad: 4), site.producer).handle(batch, after: nil)
        #expect(outcome.next == 10 && outcome.failure == nil)
        #expect(try await site.records(in: site.deadTopic, count: 1).map(\.number) == [4])
    }

    @Test("nothing from the first record on counts as handled whose letter the brokers do not have")
    func lettersStuck() async throws {
        let site = try Site.mock()
        let cluster = try #require(site.cluster)
        cluster.failTopic(site.deadTopic, with: .unknownTopic)
        let recorder = Recorder { batch, _ in
            batch.records.filter { [6, 2].contains($0.number) }.map { Rejection(record: $0, reason: "no") }
        }
        let batch = Self.batch(10, of: site.topic)
        let outcome = await Self.work(recorder, site.producer).handle(batch, after: nil)
        #expect(outcome.next == 2)
        #expect(outcome.failure?.offset == 2)
    }

    @Test("records that were set aside are counted by their reasons")
    func counts() {
        var counts = ReasonCounts()
        for refusal in [ReadingRefusal.noValue, .noEnvelope, .noValue] { counts.add(RejectionCause(refusal)) }
        var same = ReasonCounts()
        for refusal in [ReadingRefusal.noEnvelope, .noValue, .noValue] { same.add(RejectionCause(refusal)) }
        #expect(counts.total == 3)
        #expect(counts == same)
    }
}
