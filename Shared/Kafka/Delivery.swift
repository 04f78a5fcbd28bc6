import CRdKafka
import Synchronization

/// The delivery reports of one batch: one continuation, however many records.
///
/// Each record's report has a slot, whose address travels as the message's opaque pointer. A
/// slot is written once, by librdkafka's thread, before `open` counts it off; the sender reads
/// slots after `open` has reached zero. That order is what makes `@unchecked Sendable` true.
///
/// Keeps itself until the last report is in: a sender that was cancelled does not wait for it.
final class Delivery: @unchecked Sendable {
    private struct Slot {
        unowned(unsafe) let delivery: Delivery
        var partition: Int32 = -1
        var offset: Int64 = -1
        var code = RD_KAFKA_RESP_ERR_NO_ERROR
    }

    private enum Sender {
        case busy
        case waiting(CheckedContinuation<Void, any Error>)
        /// It has its answer, or wants none.
        case gone
    }

    private let slots: UnsafeMutableBufferPointer<Slot>
    /// The reports still to come, and one for the sender until it waits.
    private let open = Atomic(1)
    private let sender = Mutex(Sender.busy)
    private let firstFailure = Mutex<KafkaError.Code?>(nil)

    init(count: Int) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: Slot(delivery: self))
        _ = Unmanaged.passRetained(self)
    }

    deinit { slots.deallocate() }

    /// The first error that was reported so far.
    var failure: KafkaError.Code? { firstFailure.withLock { $0 } }

    /// Announces the report of a record about to be handed over, and says where it goes.
    func expect(_ index: Int) -> UnsafeMutableRawPointer {
        open.add(1, ordering: .relaxed)
        return UnsafeMutableRawPointer(slots.baseAddress! + index)
    }

    /// Takes back ``expect(_:)``: the record was not handed over.
    func withdraw() {
        open.subtract(1, ordering: .relaxed)
    }

    /// Takes the report of one record. Runs on librdkafka's thread.
    static func settle(_ message: UnsafePointer<rd_kafka_message_t>) {
        guard let slot = message.pointee._private?.assumingMemoryBound(to: Slot.self) else { return }
        let delivery = slot.pointee.delivery
        slot.pointee.partition = message.pointee.partition
        slot.pointee.offset = message.pointee.offset
        slot.pointee.code = message.pointee.err
        if message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            delivery.firstFailure.withLock { $0 = $0 ?? KafkaError.Code(message.pointee.err) }
        }
        delivery.countOff()
    }

    /// Returns once every expected report is in.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isGone = sender.withLock { sender in
                    if case .gone = sender { return true }
                    sender = .waiting(continuation)
                    return false
                }
                if isGone { continuation.resume(throwing: CancellationError()) }
                countOff()
            }
        } onCancel: {
            leave()?.resume(throwing: CancellationError())
        }
    }

    /// Nobody waits for the reports.
    func abandon() {
        _ = leave()
        countOff()
    }

    /// Where the records landed, in their order; throws the first that failed.
    func positions(of records: [OutgoingRecord]) throws(KafkaError) -> [Position] {
        var positions: [Position] = []
        positions.reserveCapacity(records.count)
        for (record, slot) in zip(records, slots) {
            try KafkaError.check(slot.code, in: "deliver to \(record.topic)")
            positions.append(Position(topic: record.topic, partition: slot.partition, offset: slot.offset))
        }
        return positions
    }

    /// Where each record landed, or why not, in their order.
    ///
    /// - Parameter refusals: Those that were not handed over, by their places.
    func outcomes(of records: [OutgoingRecord], but refusals: [Int: KafkaError]) -> [Result<Position, KafkaError>] {
        var outcomes: [Result<Position, KafkaError>] = []
        outcomes.reserveCapacity(records.count)
        for (index, record) in records.enumerated() {
            let slot = slots[index]
            if let refusal = refusals[index] {
                outcomes.append(.failure(refusal))
            } else if slot.code != RD_KAFKA_RESP_ERR_NO_ERROR {
                outcomes.append(
                    .failure(KafkaError(KafkaError.Code(slot.code), in: "deliver to \(record.topic)"))
                )
            } else {
                let position = Position(topic: record.topic, partition: slot.partition, offset: slot.offset)
                outcomes.append(.success(position))
            }
        }
        return outcomes
    }

    /// - Returns: The sender, if it was waiting.
    private func leave() -> CheckedContinuation<Void, any Error>? {
        sender.withLock { sender in
            defer { sender = .gone }
            guard case .waiting(let continuation) = sender else { return nil }
            return continuation
        }
    }

    private func countOff() {
        guard open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        leave()?.resume()
        Unmanaged.passUnretained(self).release()
    }
}
