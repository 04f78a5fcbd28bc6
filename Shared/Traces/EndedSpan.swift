import FoundationEssentials

/// A step of a trace as it is exported.
public struct EndedSpan: Sendable {
    /// What others name it by.
    public let context: TraceContext
    /// The span that it is a step of; `nil` where the trace begins.
    public let parent: TraceContext?
    /// What kind of step it is.
    public let kind: TraceSpan.Kind
    /// What was done.
    public let name: String
    /// When it began.
    public let began: EpochNanoseconds
    /// When it ended.
    public let ended: EpochNanoseconds
    /// What else is told of it.
    public let attributes: [String: SpanAttribute]
    /// Spans of other traces that it follows from.
    public let links: [TraceContext]
    /// Why it failed, if it did.
    public let error: String?
}

/// What is told of a span.
public enum SpanAttribute: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation
{
    /// A text.
    case text(String)
    /// A whole number.
    case number(Int)

    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// A whole number.
    public init(integerLiteral value: Int) { self = .number(value) }
}

/// A time in nanoseconds since 1970, as OpenTelemetry tells it.
public struct EpochNanoseconds: Sendable, Hashable {
    /// The number.
    public let value: UInt64

    /// The time of the system's clock.
    public static var now: EpochNanoseconds {
        EpochNanoseconds(value: UInt64(max(0, Date.now.timeIntervalSince1970) * 1e9))
    }
}
