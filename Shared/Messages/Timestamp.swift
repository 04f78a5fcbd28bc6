import FoundationEssentials

/// A moment, to the millisecond; written as RFC 3339 in UTC (architecture.md §2).
public struct Timestamp: Hashable, Comparable, Sendable, LosslessStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let millisecondsSince1970: Int64

    /// - Parameter millisecondsSince1970: Milliseconds since 1970-01-01T00:00:00Z.
    public init(millisecondsSince1970: Int64) { self.millisecondsSince1970 = millisecondsSince1970 }

    /// The present moment.
    public static var now: Timestamp {
        Timestamp(millisecondsSince1970: Int64((Date.now.timeIntervalSince1970 * 1_000).rounded(.down)))
    }

    /// - Parameter description: RFC 3339 in UTC, with or without fractions of a second.
    public init?(_ description: String) {
        let text = description.utf8
        if let milliseconds = Self.milliseconds(ownForm: text.span) {
            millisecondsSince1970 = milliseconds
            return
        }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: description.contains("."))
        guard let date = try? style.parse(description) else { return nil }
        millisecondsSince1970 = Int64((date.timeIntervalSince1970 * 1_000).rounded())
        // Foundation takes the 30th of February for a day in March.
        let second = Timestamp(millisecondsSince1970: Int64(date.timeIntervalSince1970.rounded(.down)) * 1_000)
        let upToSeconds = 19
        guard second.description.prefix(upToSeconds) == description.prefix(upToSeconds) else { return nil }
    }

    /// The moment `duration` later.
    public func advanced(by duration: Duration) -> Timestamp {
        Timestamp(millisecondsSince1970: millisecondsSince1970 + Int64(duration / .milliseconds(1)))
    }

    /// Orders by time.
    public static func < (one: Timestamp, other: Timestamp) -> Bool {
        one.millisecondsSince1970 < other.millisecondsSince1970
    }
}

extension Timestamp: Codable {
    /// Decodes the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time in UTC")
        }
        self = value
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
