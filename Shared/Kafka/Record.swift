import CRdKafka
import Glibc

/// A record read from a topic.
public struct Record: Sendable {
    /// Where it lies.
    public let position: Position
    /// As the writer gave it.
    public let key: [UInt8]?
    /// `nil` for a tombstone, which a compacted topic keeps to say that the key is gone.
    public let value: [UInt8]?
    /// In the writer's order.
    public let headers: [Header]
    /// Milliseconds since 1970, by the writer's or the broker's clock; 0 when unknown.
    public let timestamp: Int64

    /// Makes a record by hand, for tests of what handles records.
    public init(position: Position, key: [UInt8]?, value: [UInt8]?, headers: [Header] = [], timestamp: Int64 = 0) {
        self.position = position
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    /// The text of the last header of that name; `nil` when there is none or it has no value.
    public func header(_ name: String) -> String? {
        headers.last { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Record {
    /// Copies a message out of librdkafka's memory.
    ///
    /// - Parameter topic: The message's topic; the caller has it at hand for many messages.
    init(copying message: UnsafeMutablePointer<rd_kafka_message_t>, topic: String) {
        let raw = message.pointee
        position = Position(topic: topic, partition: raw.partition, offset: raw.offset)
        key = raw.key.map { Array(UnsafeRawBufferPointer(start: $0, count: raw.key_len)) }
        value = raw.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: raw.len)) }
        headers = Self.headers(of: message)
        timestamp = max(0, rd_kafka_message_timestamp(message, nil))
    }

    private static func headers(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> [Header] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        return (0..<rd_kafka_header_cnt(list)).compactMap { index in
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var count = 0
            guard rd_kafka_header_get_all(list, index, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR,
                let name
            else { return nil }
            let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
            return Header(String(cString: name), bytes: bytes)
        }
    }
}

/// The topics' names of a run of messages, most of which share one with the message before.
struct TopicNameCache {
    private var last = ""

    mutating func name(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> String {
        guard let topic = message.pointee.rkt, let name = rd_kafka_topic_name(topic) else { return "" }
        if last.withCString({ strcmp($0, name) }) != 0 { last = String(cString: name) }
        return last
    }
}
