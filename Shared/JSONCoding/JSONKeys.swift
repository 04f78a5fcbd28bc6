/// The keys that a reader knows, for matching without making strings.
///
/// Objects of one kind nearly always list their keys in one order, so the key after the last
/// match is tried first.
public struct JSONKeys: Sendable {
    private let names: [Name]

    /// A key, and its first eight bytes as one number.
    private struct Name: Sendable {
        let bytes: [UInt8]
        let count: Int
        let head: UInt64

        init(_ text: String) {
            let bytes = Array(text.utf8)
            head = JSONKeys.head(of: bytes.span, 0..<bytes.count)
            count = bytes.count
            self.bytes = bytes
        }
    }

    /// - Parameter names: The keys; their positions are what ``JSONReader/nextKey(in:)`` returns.
    public init(_ names: [String]) {
        self.names = names.map(Name.init)
    }

    /// The position of the key in `bytes[range]`, or ``unknown``.
    func match(_ bytes: Span<UInt8>, _ range: Range<Int>, after last: Int) -> Int {
        let head = Self.head(of: bytes, range)
        let guess = last + 1
        if guess < names.count, isEqual(bytes, range, head, guess) { return guess }
        for index in names.indices where isEqual(bytes, range, head, index) { return index }
        return Self.unknown
    }

    /// What stands for a key that the reader does not know.
    public static let unknown = -1

    @inline(__always)
    private func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ head: UInt64, _ index: Int) -> Bool {
        guard names[index].head == head, names[index].count == range.count else { return false }
        var at = 8
        while at < range.count {
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
