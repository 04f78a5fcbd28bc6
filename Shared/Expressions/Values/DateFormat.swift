/// How a day is written: `yyyy`, `yy`, `MM`, `M`, `dd`, `d`, and other characters as they stand; letters in `'…'`.
struct DateFormat: Equatable, Sendable {
    private enum Part: Equatable {
        case year, shortYear
        case month(digits: Int)
        case day(digits: Int)
        case literal(String)
    }

    private var parts: [Part] = []

    /// - Throws: One sentence where the format has a letter that means nothing.
    init(_ format: String) throws(FormatError) {
        let characters = Array(format)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == "'" {
                let end = characters[(index + 1)...].firstIndex(of: "'") ?? characters.count
                parts.append(.literal(String(characters[(index + 1)..<end])))
                index = end + 1
                continue
            }
            let run = characters[index...].prefix { $0 == character }.count
            parts.append(try Self.part(character, times: run))
            index += run
        }
    }

    /// What is the matter with a format.
    struct FormatError: Error, Equatable {
        let message: String
    }

    private static func part(_ character: Character, times: Int) throws(FormatError) -> Part {
        switch (character, times) {
        case ("y", 4): .year
        case ("y", 2): .shortYear
        case ("M", 1...2): .month(digits: times)
        case ("d", 1...2): .day(digits: times)
        case _ where character.isASCII && character.isLetter:
            throw FormatError(
                message:
                    "The format has \"\(String(repeating: character, count: min(times, 8)))\"; a day has yyyy, yy, MM, M, dd and d."
            )
        default: .literal(String(repeating: character, count: times))
        }
    }

    func text(of date: CivilDate) -> String {
        parts.map { part in
            switch part {
            case .year: CivilDate.padded(date.year, to: 4)
            case .shortYear: CivilDate.padded(date.year % 100, to: 2)
            case .month(let digits): CivilDate.padded(date.month, to: digits)
            case .day(let digits): CivilDate.padded(date.day, to: digits)
            case .literal(let text): text
            }
        }.joined()
    }
}
