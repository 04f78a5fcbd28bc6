/// A day of the calendar, without a time zone.
package struct CivilDate: Comparable, Hashable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nil for a day that no calendar has.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2024-03-01`, also with `/` or `.`, with single digits, as `20240301` or `2024年3月1日`; what follows after a
    /// `T` or a space is a time, and passed over.
    package init?(_ text: String) {
        let date = text.prefix { $0 != "T" && $0 != " " }
        guard date.unicodeScalars.count <= 12 else { return nil }
        var numbers: [Int] = []
        if date.utf8.count == 8, let all = Int(date), all > 0 {
            numbers = [all / 10_000, all / 100 % 100, all % 100]
        } else {
            let parts = date.split(omittingEmptySubsequences: false) { "-/.年月日".contains($0) }
            let isMarked = date.hasSuffix("日")
            guard parts.count == (isMarked ? 4 : 3) else { return nil }
            for part in parts.prefix(3) {
                guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                    let number = Int(part)
                else { return nil }
                numbers.append(number)
            }
        }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// As ISO 8601 writes it.
    package var description: String {
        "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    package static func < (one: CivilDate, other: CivilDate) -> Bool {
        (one.year, one.month, one.day) < (other.year, other.month, other.day)
    }

    static func padded(_ number: Int, to digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
