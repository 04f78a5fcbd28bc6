import CRdKafka
import Synchronization

/// How far polls have found logs to go: behind their last records there may be offsets that hold nothing to be read.
final class ReachedEnds: Sendable {
    private let ends = Mutex<[TopicPartition: Int64]>([:])

    subscript(partition: TopicPartition) -> Int64? { ends.withLock { $0[partition] } }

    /// Reading begins somewhere in these.
    func forget(_ partitions: some Sequence<TopicPartition>) {
        ends.withLock { ends in
            for partition in partitions { ends[partition] = nil }
        }
    }

    /// Notes the end of a log, on the thread that polls: all records before it were returned by then.
    ///
    /// - Returns: Whether that is what the message says.
    func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Bool {
        guard message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF else { return false }
        if let topic = message.pointee.rkt.map({ String(cString: rd_kafka_topic_name($0)) }) {
            let partition = TopicPartition(topic: topic, partition: message.pointee.partition)
            ends.withLock { $0[partition] = message.pointee.offset }
        }
        return true
    }
}
