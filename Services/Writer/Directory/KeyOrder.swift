import Messages

/// The order of the tables' keys, in which their indexes are read and written page by page.
enum KeyOrder {
    /// A person's place in a list, and the beginning of the key as a number: people themselves are large to move, and
    /// their texts slow to compare.
    private struct Place {
        let beginning: (UInt64, UInt64)
        let index: Int
    }

    /// The places of the people, those whose keys come first in the database before the others; of keys that differ
    /// only after sixteen bytes any may come first.
    static func places(of people: [UserChanges.Change]) -> [Int] {
        var places: [Place] = []
        places.reserveCapacity(people.count)
        for index in people.indices {
            let text = people[index].key.text.utf8
            let bytes = text.span
            places.append(Place(beginning: (number(bytes, from: 0), number(bytes, from: 8)), index: index))
        }
        places.sort { $0.beginning < $1.beginning }
        return places.map(\.index)
    }

    /// Eight bytes, the first one the most significant; what the text lacks counts as zero.
    private static func number(_ bytes: Span<UInt8>, from start: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in start..<start + 8 { number = number << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
        return number
    }
}
