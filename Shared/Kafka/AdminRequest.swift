import CRdKafka

/// One call of librdkafka's Admin API: the queue that its answer comes by, and its options.
struct AdminRequest: ~Copyable {
    /// How long an answer may take where nobody says otherwise.
    static let patience = Duration.seconds(30)

    let options: OpaquePointer?
    private let answers: EventQueue
    private let operation: String
    private let limit: Duration

    init(
        _ api: rd_kafka_admin_op_t,
        in operation: String,
        _ client: OpaquePointer,
        within limit: Duration
    ) throws(KafkaError) {
        self.operation = operation
        self.limit = limit
        answers = EventQueue(client)
        let options = rd_kafka_AdminOptions_new(client, api)
        self.options = options
        let reason = ReasonBuffer()
        let code = rd_kafka_AdminOptions_set_request_timeout(
            options,
            limit.milliseconds,
            reason.start,
            reason.count
        )
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(.init(code), in: operation, reason: reason.text)
        }
    }

    deinit {
        if let options { rd_kafka_AdminOptions_destroy(options) }
    }

    /// Where the call sends its answer.
    var queue: OpaquePointer { answers.pointer }

    /// Waits for the answer, lends it out, and frees it.
    borrowing func answer<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
        try answers.answer(within: limit + .seconds(1), to: operation, body)
    }
}

/// Throws the first topic's error, but for `tolerated`.
func checkTopics(
    _ results: UnsafeMutablePointer<OpaquePointer?>?,
    _ count: Int,
    tolerating tolerated: Set<KafkaError.Code>,
    in operation: String
) throws(KafkaError) {
    for result in UnsafeBufferPointer(start: results, count: count) {
        let code = rd_kafka_topic_result_error(result)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR, !tolerated.contains(.init(code)) else { continue }
        let name = rd_kafka_topic_result_name(result).map { String(cString: $0) } ?? ""
        let reason = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
        throw KafkaError(.init(code), in: "\(operation) \(name)", reason: reason)
    }
}

/// Throws the first group's error, and its partitions' errors.
func checkGroups(
    _ results: UnsafeMutablePointer<OpaquePointer?>?,
    _ count: Int,
    in operation: String
) throws(KafkaError) {
    for result in UnsafeBufferPointer(start: results, count: count) {
        if let error = rd_kafka_group_result_error(result) {
            let code = KafkaError.Code(rd_kafka_error_code(error))
            throw KafkaError(code, in: operation, reason: String(cString: rd_kafka_error_string(error)))
        }
        guard let partitions = rd_kafka_group_result_partitions(result)?.pointee else { continue }
        for element in partitions.elements {
            try KafkaError.check(element.err, in: "\(operation) \(element.topicPartition)")
        }
    }
}
