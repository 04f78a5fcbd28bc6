import CRdKafka
import Synchronization

/// What polls have found at the ends of logs: offsets that hold nothing to be read. Once found it stays true.
final class Tails: Sendable {
    private struct State {
        /// Where reading began.
        var starts: [TopicPartition: Int64] = [:]
        var found: [TopicPartition: Range<Int64>] = [:]
    }

    private let state = Mutex(State())

    subscript(partition: TopicPartition) -> Range<Int64>? { state.withLock { $0.found[partition] } }

    /// Reading begins at these offsets.
    func begin(_ offsets: [TopicPartition: Int64]) {
        state.withLock { state in
            for (partition, offset) in offsets {
                state.starts[partition] = offset
                state.found[partition] = nil
            }
        }
    }

    /// Notes the end of a log, on the thread that polls: all records before it were returned by then.
    ///
    /// - Returns: Whether that is what the message says.
    func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>, from client: OpaquePointer) -> Bool {
        guard message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF else { return false }
        guard let topic = message.pointee.rkt.map({ String(cString: rd_kafka_topic_name($0)) }) else { return true }
        let partition = TopicPartition(topic: topic, partition: message.pointee.partition)
        let list = PartitionList([partition])
        _ = list.lend { rd_kafka_position(client, $0) }
        let (end, behindLast) = (message.pointee.offset, list.offsets[partition] ?? 0)
        state.withLock { state in
            guard let start = state.starts[partition] else { return }
            let first = max(start, behindLast)
            state.found[partition] = first <= end ? first..<end : nil
        }
        return true
    }
}
