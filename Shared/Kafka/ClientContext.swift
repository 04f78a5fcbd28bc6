import CRdKafka
import Logging

/// What the callbacks of one client reach through the configuration's opaque pointer.
final class ClientContext: Sendable {
    private let warnings: RepeatedWarnings
    /// Set for members of a group.
    let rebalancing: Rebalancing?
    /// Set for producers: ends with the error that ended the client.
    let failures: AsyncStream<KafkaError>.Continuation?

    init(
        logger: Logger,
        rebalancing: Rebalancing? = nil,
        failures: AsyncStream<KafkaError>.Continuation? = nil
    ) {
        warnings = RepeatedWarnings(logger)
        self.rebalancing = rebalancing
        self.failures = failures
    }

    /// Tells an error that librdkafka goes on after.
    func warn(_ error: KafkaError) { warnings.log(.warning, "\(error)", kind: "\(error.operation) \(error.code)") }

    /// Tells a line of librdkafka's log.
    func log(_ level: Logger.Level, _ message: String, facility: String) {
        warnings.log(level, message, kind: facility, facility: facility)
    }

    /// The context that a callback was given, or that a client was made with.
    static func of(_ opaque: UnsafeMutableRawPointer?) -> ClientContext? {
        opaque.map { Unmanaged<ClientContext>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// Writes a line of librdkafka's log. Runs on its threads.
///
/// - Parameter level: A syslog severity, 0 (emergency) to 7 (debug).
func writeLog(
    _ client: OpaquePointer?,
    _ level: Int32,
    _ facility: UnsafePointer<CChar>?,
    _ message: UnsafePointer<CChar>?
) {
    guard let client, let context = ClientContext.of(rd_kafka_opaque(client)), let message else { return }
    let facility = facility.map { String(cString: $0) } ?? ""
    // Producers and consumers share one set of settings; that each ignores some is no news.
    let level = facility == "CONFWARN" ? .debug : Logger.Level(syslog: level)
    context.log(level, String(cString: message), facility: facility)
}

extension Logger.Level {
    fileprivate init(syslog severity: Int32) {
        self =
            switch severity {
            case ...2: .critical
            // Its errors are of connections that it goes on trying; what ends a client is thrown.
            case 3, 4: .warning
            case 5: .notice
            case 6: .info
            default: .debug
            }
    }
}

/// The `char errstr[512]` that librdkafka writes its reasons into.
struct ReasonBuffer: ~Copyable {
    let start: UnsafeMutablePointer<CChar>
    let count = 512

    init() {
        start = .allocate(capacity: count)
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }

    var text: String { String(cString: start) }
}
