/// The keys that a reader knows, for matching without making strings.
///
/// Objects of one kind nearly always list their keys in one order, so the key after the last
/// match is tried first.
public struct JSONKeys: Sendable {
    let names: [[UInt8]]

    /// - Parameter names: The keys; their positions are what ``JSONReader/nextKey(in:)`` returns.
    public init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
    }

    /// The position of the key in `bytes[range]`, or ``unknown``.
    func match(_ bytes: [UInt8], _ range: Range<Int>, after last: Int) -> Int {
        let guess = last + 1
        if guess < names.count, isEqual(bytes, range, names[guess]) { return guess }
        for index in names.indices where isEqual(bytes, range, names[index]) { return index }
        return Self.unknown
    }

    /// What stands for a key that the reader does not know.
    public static let unknown = -1

    @inline(__always)
    private func isEqual(_ bytes: [UInt8], _ range: Range<Int>, _ name: [UInt8]) -> Bool {
        guard range.count == name.count else { return false }
        var at = range.lowerBound
        for byte in name {
            if bytes[at] != byte { return false }
            at += 1
        }
        return true
    }
}
