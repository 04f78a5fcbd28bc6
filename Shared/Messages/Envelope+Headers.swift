/// Why a message's headers are not an envelope.
public struct EnvelopeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The header that is missing or wrong.
    public let header: String

    /// One line for logs and dead letters.
    public var description: String { "the header \(header) is missing or not of its form" }
}

extension Envelope {
    /// The headers, in the order in which they are written.
    public var headers: [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = [
            ("ce_specversion", "1.0"),
            ("ce_id", id.description),
            ("ce_type", type.rawValue),
            ("ce_source", source),
            ("ce_subject", identityProvider.description),
            ("ce_time", time.description),
            ("content-type", "application/json"),
            ("ce_tenantid", tenant.description),
            ("ce_idpid", identityProvider.description),
            ("traceparent", trace.description),
        ]
        if let run { headers.append(("ce_runid", run.description)) }
        if let position {
            headers.append(("ce_epoch", position.epoch.description))
            headers.append(("ce_fence", position.fence.description))
        }
        return headers
    }

    /// Reads the headers of a message.
    ///
    /// - Parameter header: The value of a header by its name.
    /// - Throws: ``EnvelopeError`` naming the header that is missing or wrong.
    public init(reading header: (String) -> String?) throws(EnvelopeError) {
        func required<Value>(_ name: String, _ parse: (String) -> Value?) throws(EnvelopeError) -> Value {
            guard let text = header(name), let value = parse(text) else { throw EnvelopeError(header: name) }
            return value
        }
        func optional<Value>(_ name: String, _ parse: (String) -> Value?) throws(EnvelopeError) -> Value? {
            guard header(name) != nil else { return nil }
            return try required(name, parse)
        }
        guard header("ce_specversion") == "1.0" else { throw EnvelopeError(header: "ce_specversion") }
        id = try required("ce_id") { EventID($0) }
        type = try required("ce_type") { MessageType(rawValue: $0) }
        source = try required("ce_source") { $0 }
        time = try required("ce_time") { Timestamp($0) }
        tenant = try required("ce_tenantid") { TenantID($0) }
        identityProvider = try required("ce_idpid") { IdentityProviderID($0) }
        run = try optional("ce_runid") { RunID($0) }
        trace = try optional("traceparent") { TraceContext($0) } ?? .make()
        let epoch = try optional("ce_epoch") { Int64($0) }
        let fence = try optional("ce_fence") { Int64($0) }
        position = epoch.map { RunPosition(epoch: Epoch(rawValue: $0), fence: Fence(rawValue: fence ?? 0)) }
    }
}
