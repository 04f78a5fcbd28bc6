/// The text form, by whole numbers: a `Date` loses milliseconds, and each message has one to read.
extension Timestamp: CustomStringConvertible {
    /// RFC 3339, such as `2026-03-01T08:30:00.125Z`.
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

    /// Days since 1970-01-01 of a date in the Gregorian calendar: what ``civil(days:)`` undoes.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = divide(month <= 2 ? year - 1 : year, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Reads what ``description`` writes; `nil` for any other form, and for what is no date.
    static func milliseconds(ownForm text: Span<UInt8>) -> Int64? {
        let form: StaticString = "0000-00-00T00:00:00.000Z"
        guard text.count == form.utf8CodeUnitCount else { return nil }
        var fields: InlineArray<7, Int64> = InlineArray(repeating: 0)
        var field = 0
        for index in 0..<text.count {
            let expected = unsafe form.utf8Start[index]
            if expected == UInt8(ascii: "0") {
                let digit = text[index] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                fields[field] = fields[field] * 10 + Int64(digit)
            } else {
                guard text[index] == expected else { return nil }
                field = min(field + 1, 6)
            }
        }
        let days = days(year: fields[0], month: fields[1], day: fields[2])
        guard (1...12).contains(fields[1]), civil(days: days) == (fields[0], fields[1], fields[2]),
            fields[3] < 24, fields[4] < 60, fields[5] < 60
        else { return nil }
        return ((days * 24 + fields[3]) * 60 + fields[4]) * 60_000 + fields[5] * 1_000 + fields[6]
    }
}
