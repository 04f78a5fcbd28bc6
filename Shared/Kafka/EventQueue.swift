import CRdKafka

/// Sole owner of one `rd_kafka_queue_t`, which the answers to a call come by.
struct EventQueue: ~Copyable {
    let pointer: OpaquePointer

    init(_ client: OpaquePointer) {
        pointer = rd_kafka_queue_new(client)
    }

    deinit { rd_kafka_queue_destroy(pointer) }

    /// Waits for an answer, lends it out, and frees it. An answer that is an error is thrown, and a cancelled task is
    /// heard in between.
    borrowing func answer<Value>(
        within timeout: Duration,
        to operation: String,
        _ body: (OpaquePointer) throws -> Value
    ) throws -> Value {
        let event = try event(by: .now + timeout, to: operation)
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let reason = rd_kafka_event_error_string(event).map { String(cString: $0) }
            throw KafkaError(.init(code), in: operation, reason: reason)
        }
        return try body(event)
    }
    private borrowing func event(by deadline: ContinuousClock.Instant, to operation: String) throws -> OpaquePointer {
        while true {
            try Task.checkCancellation()
            let remaining = deadline - .now
            guard remaining > .zero else { throw KafkaError(.timedOut, in: operation) }
            let slice = min(remaining, .milliseconds(200)).milliseconds
            if let event = rd_kafka_queue_poll(pointer, slice) { return event }
        }
    }
}
