/// The keys that a reader knows, for matching without making strings.
///
/// A key is found by its length and its first eight bytes, in a table with room to spare.
public struct JSONKeys: Sendable {
    private let names: [Name]
    /// Positions in `names`, where a name's hash says; ``unknown`` where there is none.
    private let table: [Int]

    /// A key, with its first eight bytes as one number, and its last eight, which are all of most keys.
    private struct Name: Sendable {
        let bytes: [UInt8]
        let count: Int
        let head: UInt64
        let tail: UInt64

        init(_ text: String) {
            let bytes = Array(text.utf8)
            head = JSONKeys.head(of: bytes.span, 0..<bytes.count)
            tail = bytes.count > 8 ? JSONKeys.head(of: bytes.span, bytes.count - 8..<bytes.count) : 0
            count = bytes.count
            self.bytes = bytes
        }
    }

    /// - Parameter names: The keys; their positions are what ``JSONReader/nextKey(in:)`` returns.
    public init(_ names: [String]) {
        self.names = names.map(Name.init)
        var size = 8
        while size < 4 * names.count { size *= 2 }
        var table = [Int](repeating: Self.unknown, count: size)
        for (index, name) in self.names.enumerated() {
            var slot = Self.slot(of: name.head, count: name.count, in: size)
            while table[slot] != Self.unknown { slot = (slot + 1) & (size - 1) }
            table[slot] = index
        }
        self.table = table
    }

    /// The position of the key in `bytes[range]`, or ``unknown``.
    func match(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let head = Self.head(of: bytes, range)
        var slot = Self.slot(of: head, count: range.count, in: table.count)
        while table[slot] != Self.unknown {
            if isEqual(bytes, range, head, table[slot]) { return table[slot] }
            slot = (slot + 1) & (table.count - 1)
        }
        return Self.unknown
    }

    @inline(__always)
    private static func slot(of head: UInt64, count: Int, in size: Int) -> Int {
        Int(((head ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (size - 1)
    }

    /// What stands for a key that the reader does not know.
    public static let unknown = -1

    @inline(__always)
    private func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ head: UInt64, _ index: Int) -> Bool {
        guard names[index].head == head, names[index].count == range.count else { return false }
        guard range.count > 8 else { return true }
        guard names[index].tail == Self.head(of: bytes, range.upperBound - 8..<range.upperBound) else { return false }
        var at = 8
        while at < range.count - 8 {
            if bytes[range.lowerBound + at] != names[index].bytes[at] { return false }
            at += 1
        }
        return true
    }

    @inline(__always)
    private static func head(of bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        let count = min(8, range.count)
        if range.lowerBound + 8 <= bytes.count {
            let offset = range.lowerBound
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
            return count == 8 ? word : word & (1 << (8 * UInt64(count)) - 1)
        }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(bytes[range.lowerBound + index]) << (8 * UInt64(index)) }
        return word
    }
}
