import Kafka
import Messages
import Pipeline
import Traces

/// Gathers what one batch becomes, and sends it together, in order; in parts where it is much.
struct MappingOutput {
    /// Bytes that are held before they are sent: a page may become many times its size.
    private static let mostBytes = 16_000_000
    /// Kafka's default limit of a message is 1,000,000 bytes, with its headers and framing.
    static let largestValue = 950_000

    let producer: Producer
    let namespace: TopicNamespace
    /// What envelopes give as their source.
    let source: String
    /// What the messages come from that are appended next.
    var message: IncomingMessage?
    private var records: [(record: OutgoingRecord, message: IncomingMessage?)] = []
    private var bytes = 0
    private var refused: [Refused] = []
    /// What the batch does for each trace.
    private var spans: [TraceContext: TraceSpan] = [:]

    /// A message of which something that it becomes is refused by the brokers for good.
    struct Refused {
        let message: IncomingMessage
        let error: KafkaError
    }

    init(producer: Producer, namespace: TopicNamespace, source: String) {
        self.producer = producer
        self.namespace = namespace
        self.source = source
    }

    /// Hands a message on under the position of, and in the trace of, the one that it comes from.
    ///
    /// - Throws: ``Unmappable`` when it is larger than a message can be; what sending throws.
    mutating func append(_ message: some Message, from origin: Envelope) async throws {
        let json = try message.encode()
        guard json.count <= Self.largestValue else {
            throw Unmappable(.tooLarge, "the mapped message is larger than \(Self.largestValue) bytes")
        }
        try await append(json, type(of: message).type, from: origin)
    }

    /// Hands a page on, in slices where it is too large for one message.
    mutating func append(page: some MappedPage, from origin: Envelope) async throws {
        let json = try page.encode()
        guard json.count > Self.largestValue else { return try await append(json, type(of: page).type, from: origin) }
        for slice in try page.sliced(limit: Self.largestValue) { try await append(slice, from: origin) }
    }

    /// Sends what is left, and ends the spans of the batch.
    ///
    /// - Returns: What was refused for good, each message once; all else is with the brokers.
    mutating func end() async throws -> [Refused] {
        try await send()
        for span in spans.values { span.end() }
        spans = [:]
        defer { refused = [] }
        return refused
    }

    private mutating func send() async throws {
        guard !records.isEmpty else { return }
        let errors = try await producer.sendUnlessRefused(records.map(\.record))
        for (place, error) in errors.sorted(by: { $0.key < $1.key }) {
            guard let message = records[place].message else { continue }
            let isKnown = refused.contains { $0.message.record.position == message.record.position }
            if !isKnown { refused.append(Refused(message: message, error: error)) }
        }
        (records, bytes) = ([], 0)
    }

    private mutating func trace(of origin: Envelope) -> TraceContext {
        if let span = spans[origin.trace] { return span.context }
        let span = TraceSpan("map", kind: .consumer, of: origin.trace)
        span.describe(origin.run, of: origin.identityProvider)
        spans[origin.trace] = span
        return span.context
    }

    private mutating func append(_ json: [UInt8], _ type: MessageType, from origin: Envelope) async throws {
        let envelope = Envelope(
            type: type,
            source: source,
            tenant: origin.tenant,
            identityProvider: origin.identityProvider,
            run: origin.run,
            position: origin.position,
            trace: trace(of: origin)
        )
        let record = OutgoingRecord(
            encoded: json,
            envelope: envelope,
            to: TopicCatalogue.directoryRecords,
            in: namespace
        )
        records.append((record: record, message: message))
        bytes += json.count
        if bytes > Self.mostBytes { try await send() }
    }
}
