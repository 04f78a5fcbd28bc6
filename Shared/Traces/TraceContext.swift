import JSONCoding

/// The trace that a message or a request belongs to, as `traceparent` carries it (W3C Trace Context, level 1).
public struct TraceContext: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// 32 hexadecimal digits, the same along the whole way of the data.
    public let traceID: String
    /// 16 hexadecimal digits, one a span.
    public let spanID: String
    /// Whether the spans of the trace are exported; decided where it begins, and the same along the whole way.
    public let isSampled: Bool

    /// - Parameter description: The header's value.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts[1].count == 32, parts[2].count == 16, parts[3].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { Hexadecimal.value(of: $0) != nil } }),
            let flags = UInt8(parts[3], radix: 16),
            // All zeros stand for none.
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        traceID = String(parts[1])
        spanID = String(parts[2])
        isSampled = flags & 1 == 1
    }

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new trace.
    public static func make() -> TraceContext {
        TraceContext(traceID: digits() + digits(), spanID: digits(), isSampled: SpanExport.samplesNext())
    }

    /// The span that is under way in this task, or a new trace where there is none.
    public static var current: TraceContext { TraceSpan.current?.context ?? .make() }

    /// The context of a further span of the same trace.
    public func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.digits(), isSampled: isSampled)
    }

    /// The header's value.
    public var description: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func digits() -> String {
        let digits = Hexadecimal.digits(of: UInt64.random(in: 1...UInt64.max))
        return String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
    }
}
