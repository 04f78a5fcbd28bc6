public import Traces

/// What is known of a message about an OAuth client without reading it: CloudEvents 1.0 in Kafka's binary mode
/// (architecture.md §2).
public struct ClientEnvelope: MessageEnvelope, Equatable {
    /// Which message, however often it is delivered.
    public var id: EventID
    /// What the value is.
    public var type: MessageType
    /// Which program wrote it, such as `idp-registry/3`.
    public var source: String
    /// When it was written.
    public var time: Timestamp
    /// Whose people alone the client is for; `nil` for everybody.
    public var tenant: TenantID?
    /// Which client it is about; also the key.
    public var client: ClientID
    /// The trace that it belongs to.
    public var trace: TraceContext

    /// A new envelope, with an id and a time of its own.
    public init(
        type: MessageType,
        source: String,
        tenant: TenantID?,
        client: ClientID,
        trace: TraceContext = .current,
        time: Timestamp = .now,
        id: EventID = .make()
    ) {
        self.id = id
        self.type = type
        self.source = source
        self.time = time
        self.tenant = tenant
        self.client = client
        self.trace = trace
    }

    /// The record's key: all that is about one client stays in order on one partition.
    public var key: String { client.description }

    /// The headers, in the order in which they are written.
    public var headers: [(name: String, value: String)] {
        let attributes = EventAttributes(id: id, type: type, source: source, time: time, trace: trace)
        var headers = attributes.headers(about: client.description)
        headers.append(("ce_clientid", client.description))
        if let tenant { headers.append(("ce_tenantid", tenant.description)) }
        return headers
    }

    /// Reads the headers of a message.
    ///
    /// - Parameter header: The value of a header by its name.
    /// - Throws: ``EnvelopeError`` naming the header that is missing or wrong.
    public init(reading header: (String) -> String?) throws(EnvelopeError) {
        let attributes = try EventAttributes(reading: header)
        (id, type, source, time, trace) = (
            attributes.id, attributes.type, attributes.source, attributes.time, attributes.trace
        )
        client = try HeaderReading.required("ce_clientid", header) { ClientID($0) }
        tenant = try HeaderReading.optional("ce_tenantid", header) { TenantID($0) }
    }
}
