import Messages

/// The order of the tables' keys, in which their indexes are read and written page by page.
enum KeyOrder {
    /// A person, and the beginning of the key as a number: texts are slow to compare.
    private struct Place {
        let beginning: (UInt64, UInt64)
        let person: UserChanges.Change
    }

    /// The people, those whose keys come first in the database before the others; of keys that differ only after
    /// sixteen bytes any may come first.
    static func sorted(_ people: [UserChanges.Change]) -> [UserChanges.Change] {
        var places = people.map { person in
            let text = person.key.text.utf8
            let bytes = text.span
            return Place(beginning: (number(bytes, from: 0), number(bytes, from: 8)), person: person)
        }
        places.sort { $0.beginning < $1.beginning }
        return places.map(\.person)
    }

    /// Eight bytes, the first one the most significant; what the text lacks counts as zero.
    private static func number(_ bytes: Span<UInt8>, from start: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in start..<start + 8 { number = number << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
        return number
    }
}
