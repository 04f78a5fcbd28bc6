import Failures
public import Kafka
import Messages
import Outbox
public import Pipeline
import Postgres
import Synchronization

/// Takes records unless they are poisoned, and all of them once it is mended.
public final class MendableReader: StageHandler {
    private struct State {
        var isMended = false
        var taken: [Record] = []
    }

    private struct TooLarge: ExplainedFailure {
        var failureClass: FailureClass { .permanent }
        var cause: RejectionCause { RejectionCause(OutboxRefusal.tooLarge) }
    }

    private struct Hopeless: ClassifiedFailure {
        var failureClass: FailureClass { .permanent }
    }

    private let state = Mutex(State())
    private let keep: (@Sendable ([Record]) async throws -> Void)?
    private let namesRecords: Bool

    /// - Parameters:
    ///   - namesRecords: Whether it says which record it is that fails, as services do; else whatever holds one that
    ///     it refuses for another's sake fails as a whole, and the stage has to find that one.
    ///   - keep: Is given what is taken; without it, it is kept in memory.
    public init(namesRecords: Bool = true, keeping keep: (@Sendable ([Record]) async throws -> Void)? = nil) {
        self.namesRecords = namesRecords
        self.keep = keep
    }

    /// What was taken and kept in memory.
    public var taken: [Record] { state.withLock { $0.taken } }

    /// From now on everything is taken.
    public func mend() { state.withLock { $0.isMended = true } }

    /// Takes what can be taken.
    public func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        guard !state.withLock({ $0.isMended }) else {
            try await take(batch.records)
            return []
        }
        var rejections: [Rejection] = []
        let (good, unreadable) = try batch.read { message in
            let poison = message.record.header("poison").flatMap(PoisonKind.init)
            if let refusal = poison.flatMap({ ReaderRefusal(rawValue: $0.rawValue) }) {
                rejections.append(
                    Rejection(record: message.record, reason: "the reader's own", cause: RejectionCause(refusal))
                )
                return Record?.none
            }
            if namesRecords { try poison.map(fail) }
            _ = try message.decode(CancelRun.self)
            return message.record
        }
        if !namesRecords { for record in good { try record.header("poison").flatMap(PoisonKind.init).map(fail) } }
        try await take(good)
        return rejections + unreadable
    }

    private func take(_ records: [Record]) async throws {
        guard let keep else { return state.withLock { $0.taken += records } }
        try await keep(records)
    }

    private func fail(_ poison: PoisonKind) throws {
        switch poison {
        case .refusedByDatabase: throw PostgresError(.uniqueViolation, "a row collides")
        case .refusedByBrokers: throw KafkaError(.messageTooLarge, in: "deliver")
        case .tooLarge: throw TooLarge()
        case .failedForGood: throw Hopeless()
        default: break
        }
    }
}
