import JSONCoding

/// The trace that a message belongs to, as `traceparent` carries it (W3C Trace Context, level 1).
public struct TraceContext: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    /// 32 hexadecimal digits, the same along the whole way of the data.
    public let traceID: String
    /// 16 hexadecimal digits, one a step.
    public let spanID: String

    /// - Parameter description: The header's value.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts[1].count == 32, parts[2].count == 16,
            parts.allSatisfy({ $0.utf8.allSatisfy { Hexadecimal.value(of: $0) != nil } })
        else { return nil }
        traceID = String(parts[1])
        spanID = String(parts[2])
    }

    private init(traceID: String, spanID: String) {
        self.traceID = traceID
        self.spanID = spanID
    }

    /// A new trace.
    public static func make() -> TraceContext {
        TraceContext(traceID: digits() + digits(), spanID: digits())
    }

    /// The next step of the same trace.
    public func child() -> TraceContext { TraceContext(traceID: traceID, spanID: Self.digits()) }

    /// The header's value.
    public var description: String { "00-\(traceID)-\(spanID)-01" }

    private static func digits() -> String {
        let digits = Hexadecimal.digits(of: UInt64.random(in: 1...UInt64.max))
        return String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
    }
}
