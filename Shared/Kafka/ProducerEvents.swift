import CRdKafka
import Logging

extension ClientHandle {
    /// A producer, whose delivery reports and failures librdkafka's own background thread takes.
    init(producing settings: ClientSettings, context: ClientContext) throws(KafkaError) {
        try self.init(.producer, settings: settings, context: context) {
            rd_kafka_conf_set_events($0, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
            rd_kafka_conf_set_background_event_cb($0, take)
        }
        serveEventsInBackground()
    }
}

extension Producer {
    /// What every producer of ours is set up with.
    static let defaults = [
        "compression.codec": "lz4",
        "linger.ms": "5",
        // How soon partitions are found that were added: until then keys lie where they did before (docs/sizing.md).
        "topic.metadata.refresh.interval.ms": "10000",
        "queue.buffering.max.kbytes": "131072",
    ]

    /// What correctness rests on: no record twice, all copies written, and every key where all others put it.
    static let required: [String: String?] = [
        "enable.idempotence": "true",
        "acks": "all",
        "partitioner": "murmur2_random",
    ]
}

/// Takes delivery reports and the client's failure. Runs on librdkafka's thread.
private func take(_ client: OpaquePointer?, _ event: OpaquePointer?, _ opaque: UnsafeMutableRawPointer?) {
    defer { rd_kafka_event_destroy(event) }
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_DR:
        while let message = rd_kafka_event_message_next(event) { Delivery.settle(message) }
    case RD_KAFKA_EVENT_ERROR:
        guard let client, let context = ClientContext.of(opaque) else { return }
        let reason = rd_kafka_event_error_string(event).map { String(cString: $0) }
        let error = KafkaError(KafkaError.Code(rd_kafka_event_error(event)), in: "produce", reason: reason)
        if let fatal = KafkaError(fatalIn: client, during: "produce") {
            context.failures?.yield(fatal)
        } else {
            context.warn(error)
        }
    default:
        break
    }
}
