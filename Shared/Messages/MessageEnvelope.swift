import Traces

/// What is known of a message without reading it, as headers of a record say it: whose it is, and what it is about.
public protocol MessageEnvelope: Sendable {
    /// What the value is.
    var type: MessageType { get set }
    /// The record's key: all that is about one object stays in order on one partition.
    var key: String { get }
    /// The headers, in the order in which they are written.
    var headers: [(name: String, value: String)] { get }
    /// Reads the headers of a message.
    ///
    /// - Parameter header: The value of a header by its name.
    /// - Throws: ``EnvelopeError`` naming the header that is missing or wrong.
    init(reading header: (String) -> String?) throws(EnvelopeError)
}

/// Why a message's headers are not an envelope.
public struct EnvelopeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The header that is missing or wrong.
    public let header: String

    /// One line for logs and dead letters.
    public var description: String { "the header \(header) is missing or not of its form" }
}

/// What CloudEvents 1.0 and Trace Context say of every message, whatever it is about.
struct EventAttributes {
    let id: EventID
    let type: MessageType
    let source: String
    let time: Timestamp
    let trace: TraceContext

    /// The headers; what the message is about stands among them.
    func headers(about subject: String) -> [(name: String, value: String)] {
        [
            ("ce_specversion", "1.0"),
            ("ce_id", id.description),
            ("ce_type", type.rawValue),
            ("ce_source", source),
            ("ce_subject", subject),
            ("ce_time", time.description),
            ("content-type", "application/json"),
            ("traceparent", trace.description),
        ]
    }
}

/// Reads headers one by one, each by its name.
enum HeaderReading {
    /// - Throws: ``EnvelopeError`` where the header is missing or wrong.
    static func required<Value>(
        _ name: String,
        _ header: (String) -> String?,
        _ parse: (String) -> Value?
    ) throws(EnvelopeError) -> Value {
        guard let text = header(name), let value = parse(text) else { throw EnvelopeError(header: name) }
        return value
    }

    /// - Throws: ``EnvelopeError`` where the header is wrong.
    static func optional<Value>(
        _ name: String,
        _ header: (String) -> String?,
        _ parse: (String) -> Value?
    ) throws(EnvelopeError) -> Value? {
        guard header(name) != nil else { return nil }
        return try required(name, header, parse)
    }
}

extension EventAttributes {
    /// Reads what every message says.
    init(reading header: (String) -> String?) throws(EnvelopeError) {
        guard header("ce_specversion") == "1.0" else { throw EnvelopeError(header: "ce_specversion") }
        id = try HeaderReading.required("ce_id", header) { EventID($0) }
        type = try HeaderReading.required("ce_type", header) { MessageType(rawValue: $0) }
        source = try HeaderReading.required("ce_source", header) { $0 }
        time = try HeaderReading.required("ce_time", header) { Timestamp($0) }
        trace = try HeaderReading.optional("traceparent", header) { TraceContext($0) } ?? .make()
    }
}
