import CRdKafka
import Failures

/// Hands records to a producer, one after the other, reusing what they share.
///
/// librdkafka copies each value once, into the message it queues (`RD_KAFKA_MSG_F_COPY`);
/// nothing is copied on the way there.
struct MessageWriter: ~Copyable {
    private let client: OpaquePointer
    private let arguments: UnsafeMutableBufferPointer<rd_kafka_vu_t>
    private var topic: TopicHandle?

    init(_ client: OpaquePointer) {
        self.client = client
        arguments = .allocate(capacity: 6)
        arguments.initialize(repeating: rd_kafka_vu_t())
        arguments[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS
        arguments[3].u.i = RD_KAFKA_MSG_F_COPY
    }

    deinit { arguments.deallocate() }

    /// Queues records from `index` on while there is room; returns the index of the next.
    mutating func write(
        _ records: [OutgoingRecord],
        from index: Int = 0,
        _ delivery: Delivery
    ) throws(KafkaError) -> Int {
        for index in index..<records.count {
            do {
                try write(records[index], report: delivery.expect(index))
            } catch {
                delivery.withdraw()
                guard error.code == .queueFull else { throw error }
                return index
            }
        }
        return records.count
    }

    /// As ``write(_:from:_:)``, but leaves out what is refused for good.
    ///
    /// - Parameter refusals: Takes the errors of those, by their places in `records`.
    mutating func write(
        _ records: [OutgoingRecord],
        from index: Int,
        _ delivery: Delivery,
        but refusals: inout [Int: KafkaError]
    ) throws(KafkaError) -> Int {
        for index in index..<records.count {
            do {
                try write(records[index], report: delivery.expect(index))
            } catch {
                delivery.withdraw()
                if error.code == .queueFull { return index }
                guard error.failureClass == .permanent else { throw error }
                refusals[index] = error
            }
        }
        return records.count
    }

    /// Queues a record. `report` comes back with its delivery report, unless this throws.
    mutating func write(_ record: OutgoingRecord, report: UnsafeMutableRawPointer) throws(KafkaError) {
        try setTopic(record.topic)
        arguments[4].vtype = RD_KAFKA_VTYPE_OPAQUE
        arguments[4].u.ptr = report
        let headers = record.headers.isEmpty ? nil : makeHeaders(record.headers)
        arguments[5].vtype = RD_KAFKA_VTYPE_HEADERS
        arguments[5].u.headers = headers
        let count = headers == nil ? 5 : 6
        let error = withBytes(record.key) { key in
            withBytes(record.value) { value in
                set(1, RD_KAFKA_VTYPE_KEY, key)
                set(2, RD_KAFKA_VTYPE_VALUE, value)
                return rd_kafka_produceva(client, arguments.baseAddress, count)
            }
        }
        guard let error else { return }
        if let headers { rd_kafka_headers_destroy(headers) }
        throw KafkaError(consuming: error, in: "produce to \(record.topic)")
    }

    private mutating func setTopic(_ name: String) throws(KafkaError) {
        if topic?.name != name { topic = try TopicHandle(name, client) }
        arguments[0].vtype = RD_KAFKA_VTYPE_RKT
        arguments[0].u.rkt = topic?.pointer
    }

    private func set(_ index: Int, _ type: rd_kafka_vtype_t, _ bytes: UnsafeRawBufferPointer?) {
        arguments[index].vtype = type
        arguments[index].u.mem.ptr = UnsafeMutableRawPointer(mutating: bytes?.baseAddress)
        arguments[index].u.mem.size = bytes?.count ?? 0
    }
}

/// One reference to a `rd_kafka_topic_t`.
private final class TopicHandle {
    let name: String
    let pointer: OpaquePointer

    init(_ name: String, _ client: OpaquePointer) throws(KafkaError) {
        guard let pointer = rd_kafka_topic_new(client, name, nil) else {
            throw KafkaError(KafkaError.Code(rd_kafka_last_error()), in: "produce to \(name)")
        }
        self.name = name
        self.pointer = pointer
    }

    deinit { rd_kafka_topic_destroy(pointer) }
}

/// A list that librdkafka takes over with the message.
private func makeHeaders(_ headers: [Header]) -> OpaquePointer? {
    let list = rd_kafka_headers_new(headers.count)
    for header in headers {
        withBytes(header.value) { value in
            _ = rd_kafka_header_add(list, header.name, -1, value?.baseAddress, value?.count ?? 0)
        }
    }
    return list
}

/// Lends out the bytes, or none for `nil`. An empty array is not `nil`: it has an address.
private func withBytes<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
    guard let bytes else { return body(nil) }
    return bytes.withUnsafeBytes(body)
}

/// Lends out the text's UTF-8, or none for `nil`.
private func withBytes<Result>(_ text: String?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
    guard var text else { return body(nil) }
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}
