import CRdKafka
public import Failures

/// What went wrong in Kafka, told by librdkafka's own code.
///
/// The only error this module throws, besides `CancellationError`. `description` is safe
/// to log: it names the operation and the code, never a payload.
public struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public let code: Code
    /// What was attempted, such as "commit".
    public let operation: String
    /// The library's or the broker's words.
    public let reason: String
    /// Whether the same call may succeed later.
    public let isRetriable: Bool
    /// Whether the client can never work again and has to be made anew.
    public let isFatal: Bool

    /// Whether the member no longer holds what it tried to commit: the records come again,
    /// here or at another member, and the caller goes on polling.
    public var isAssignmentLost: Bool { Self.membershipCodes.contains(code) }

    /// Whether these brokers do not know what they were asked, so that asking again is in vain.
    public var isUnsupported: Bool { Self.unsupportedCodes.contains(code) }

    /// The operation, the reason and the code.
    public var description: String { "\(operation): \(reason) (\(code))" }

    /// For fakes and tests; the module makes its own from librdkafka's codes.
    public init(_ code: Code, in operation: String, reason: String? = nil) {
        self.init(code, in: operation, reason: reason, isRetriable: nil, isFatal: nil)
    }

    private init(_ code: Code, in operation: String, reason: String?, isRetriable: Bool?, isFatal: Bool?) {
        self.code = code
        self.operation = operation
        self.reason = reason ?? String(cString: rd_kafka_err2str(rd_kafka_resp_err_t(rawValue: code.rawValue)))
        self.isRetriable = isRetriable ?? Self.retriableCodes.contains(code)
        self.isFatal = isFatal ?? (code == .fatal)
    }
}

extension KafkaError: ClassifiedFailure {
    /// Permanent where the brokers or the client refuse the record itself.
    public var failureClass: FailureClass {
        if isFatal { return .fatal }
        return Self.permanentCodes.contains(code) ? .permanent : .transient
    }
}

extension KafkaError {
    /// Throws unless `code` is "no error".
    static func check(_ code: rd_kafka_resp_err_t, in operation: @autoclosure () -> String) throws(KafkaError) {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(Code(code), in: operation()) }
    }

    /// Takes ownership of a `rd_kafka_error_t`, throwing what it says and freeing it.
    static func check(_ error: OpaquePointer?, in operation: @autoclosure () -> String) throws(KafkaError) {
        guard let error else { return }
        throw KafkaError(consuming: error, in: operation())
    }

    /// Takes ownership of a `rd_kafka_error_t` and frees it.
    init(consuming error: OpaquePointer, in operation: String) {
        defer { rd_kafka_error_destroy(error) }
        let code = Code(rd_kafka_error_code(error))
        self.init(
            code,
            in: operation,
            reason: String(cString: rd_kafka_error_string(error)),
            isRetriable: rd_kafka_error_is_retriable(error) != 0 || Self.retriableCodes.contains(code),
            isFatal: rd_kafka_error_is_fatal(error) != 0 || code == .fatal
        )
    }

    /// The error that ended this client for good, if there is one.
    init?(fatalIn client: OpaquePointer, during operation: String) {
        let reason = ReasonBuffer()
        let code = rd_kafka_fatal_error(client, reason.start, reason.count)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        self.init(Code(code), in: operation, reason: reason.text, isRetriable: false, isFatal: true)
    }
}
