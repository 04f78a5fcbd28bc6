import Kafka
import Pipeline
import Synchronization

/// A handler that remembers what it was given, once it was handled.
final class Recorder: StageHandler {
    struct Seen {
        var numbers: [TopicPartition: [Int]] = [:]
        var batches: [[Record]] = []
        var calls: [TopicPartition: Int] = [:]
        var assigned: [TopicPartition] = []
        var given: [AssignedPartition] = []
        var revoked: [TopicPartition] = []
        var held: Set<TopicPartition> = []
        var questions = 0
        /// The letters of records that the handler was asked to pass over.
        var passedOver: [OutgoingRecord] = []

        var count: Int { numbers.values.map(\.count).reduce(0, +) }
        var all: [Int] { numbers.values.flatMap(\.self).sorted() }
    }

    private let state = Mutex(Seen())
    private let passesOver: Bool
    private let start: @Sendable (_ question: Int, [TopicPartition]) throws -> [TopicPartition: Offset]
    private let respond: @Sendable (PartitionBatch, _ call: Int) async throws -> [Rejection]

    /// - Parameter passesOver: Whether it writes the letters of what fails alone itself.
    init(
        passesOver: Bool = false,
        respond: @escaping @Sendable (PartitionBatch, Int) async throws -> [Rejection] = { _, _ in [] },
        start: @escaping @Sendable (Int, [TopicPartition]) throws -> [TopicPartition: Offset] = { _, _ in [:] }
    ) {
        self.passesOver = passesOver
        self.start = start
        self.respond = respond
    }

    var seen: Seen { state.withLock { $0 } }

    func assigned(_ given: [AssignedPartition]) async throws -> [TopicPartition: Offset] {
        let partitions = given.map(\.partition)
        let question = state.withLock { state in
            state.questions += 1
            return state.questions
        }
        let offsets = try start(question, partitions)
        state.withLock { state in
            state.assigned += partitions
            state.given += given
            state.held.formUnion(partitions)
        }
        return offsets
    }

    func revoked(_ partitions: [TopicPartition]) async {
        state.withLock { state in
            state.revoked += partitions
            state.held.subtract(partitions)
        }
    }

    func passOver(_ rejection: Rejection, letter: OutgoingRecord) async throws -> Bool {
        state.withLock { $0.passedOver.append(letter) }
        return passesOver
    }

    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        let call = state.withLock { state in
            state.calls[batch.partition, default: 0] += 1
            return state.calls[batch.partition, default: 0]
        }
        let rejections = try await respond(batch, call)
        let rejected = Set(rejections.map(\.record.position))
        let numbers = batch.records.filter { !rejected.contains($0.position) }.compactMap(\.number)
        state.withLock { state in
            state.numbers[batch.partition, default: []] += numbers
            state.batches.append(batch.records)
        }
        return rejections
    }
}

extension Record {
    /// The number that its value says.
    var number: Int? { value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } }
}

/// What passes after a while.
struct Transient: Error {}

/// Opens once, for all who wait.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

    func open() { continuation.finish() }

    func wait() async {
        for await _ in stream {}
    }
}
