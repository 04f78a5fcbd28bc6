import FoundationEssentials

/// A moment, to the millisecond; written as RFC 3339 in UTC (architecture.md §2).
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible, LosslessStringConvertible {
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
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: description.contains("."))
        guard let date = try? style.parse(description) else { return nil }
        millisecondsSince1970 = Int64((date.timeIntervalSince1970 * 1_000).rounded())
    }

    /// RFC 3339, such as `2026-03-01T08:30:00.125Z`. By whole numbers, since a `Date` loses milliseconds.
    public var description: String {
        let (days, rest) = Self.divide(millisecondsSince1970, by: 86_400_000)
        let (year, month, day) = Self.civil(days: days)
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
        let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60)
        return "\(date)T\(digits(hours, 2)):\(digits(minutes, 2)):\(digits(seconds, 2)).\(digits(rest % 1_000, 3))Z"
    }

    private static func divide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// The date of a day since 1970-01-01, in the Gregorian calendar; years begin in March while counting, so
    /// that the leap day comes last.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (era * 400 + yearOfEra + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
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
