import CRdKafka
import Dispatch
import Logging

/// Sole owner of one `rd_kafka_t`.
///
/// Non-copyable, so the client is destroyed exactly once, when its owner goes. Any thread
/// may call librdkafka with it at any time (INTRODUCTION.md, "Threads and callbacks"), which is
/// what `@unchecked Sendable` records.
struct ClientHandle: ~Copyable, @unchecked Sendable {
    enum Kind: String {
        case producer, consumer
    }

    let pointer: OpaquePointer
    private let context: ClientContext

    /// - Parameters:
    ///   - settings: What the client is made with.
    ///   - context: What the client's callbacks reach; kept until the client is destroyed.
    ///   - prepare: Sets callbacks on the configuration before the client takes it over.
    init(
        _ kind: Kind,
        settings: ClientSettings,
        context: ClientContext,
        prepare: (OpaquePointer) -> Void = { _ in }
    ) throws(KafkaError) {
        let configuration = rd_kafka_conf_new()!
        var isTaken = false
        defer { if !isTaken { rd_kafka_conf_destroy(configuration) } }

        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(context).toOpaque())
        rd_kafka_conf_set_log_cb(configuration, writeLog)
        if kind == .consumer, settings.isForDevelopmentBroker { FetchPacing.apply(to: configuration) }
        prepare(configuration)

        let reason = ReasonBuffer()
        for (key, value) in settings.properties {
            guard rd_kafka_conf_set(configuration, key, value, reason.start, reason.count) == RD_KAFKA_CONF_OK else {
                throw KafkaError(.invalidConfiguration, in: "configure \(key)", reason: reason.text)
            }
        }
        let type = kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let pointer = rd_kafka_new(type, configuration, reason.start, reason.count) else {
            throw KafkaError(.invalidConfiguration, in: "create \(kind)", reason: reason.text)
        }
        isTaken = true
        self.pointer = pointer
        self.context = context
    }

    /// Has librdkafka's own thread serve the events that would else wait for a poll.
    borrowing func serveEventsInBackground() {
        let main = rd_kafka_queue_get_main(pointer)
        let background = rd_kafka_queue_get_background(pointer)
        rd_kafka_queue_forward(main, background)
        rd_kafka_queue_destroy(background)
        rd_kafka_queue_destroy(main)
    }

    /// Destroying waits for librdkafka's threads, so it happens off whichever thread let go last:
    /// that may be one of the cooperative pool, whose threads the global queue shares on Linux.
    deinit {
        nonisolated(unsafe) let pointer = pointer
        let context = context
        DispatchQueue(label: "kafka.destroy").async {
            if context.rebalancing?.mayDestroy ?? true {
                withExtendedLifetime(context) { rd_kafka_destroy(pointer) }
            } else {
                rd_kafka_consumer_close(pointer)
                _ = Unmanaged.passRetained(context)
            }
        }
    }
}
