import CRdKafka
import Synchronization

/// The delivery reports of one batch: one continuation, however many records.
///
/// Each record's report has a slot, whose address travels as the message's opaque pointer. A
/// slot is written once, by librdkafka's thread, before `open` counts it off; the sender reads
/// slots after `open` has reached zero. That order is what makes `@unchecked Sendable` true.
final class Delivery: @unchecked Sendable {
    struct Slot {
        unowned(unsafe) let delivery: Delivery
        var partition: Int32 = -1
        var offset: Int64 = -1
        var code = RD_KAFKA_RESP_ERR_NO_ERROR
    }

    private let slots: UnsafeMutableBufferPointer<Slot>
    /// The reports still to come, and one for the sender until it waits.
    private let open = Atomic(1)
    private var continuation: CheckedContinuation<Void, Never>?

    init(count: Int) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: Slot(delivery: self))
    }

    deinit { slots.deallocate() }

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
        delivery.countOff()
    }

    /// Returns once every expected report is in.
    func wait() async {
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            countOff()
        }
    }

    /// Where the first `count` records landed, in their order; throws the first that failed.
    func positions(of records: [OutgoingRecord]) throws(KafkaError) -> [Position] {
        var positions: [Position] = []
        positions.reserveCapacity(records.count)
        for (record, slot) in zip(records, slots) {
            try KafkaError.check(slot.code, in: "deliver to \(record.topic)")
            positions.append(Position(topic: record.topic, partition: slot.partition, offset: slot.offset))
        }
        return positions
    }

    private func countOff() {
        guard open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        continuation?.resume()
    }
}
