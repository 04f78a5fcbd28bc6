/// Which characters a place of a pattern takes.
struct ScalarSet: Equatable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    /// Every character but the end of a line.
    static let anyButNewline = ScalarSet(ranges: [10...10], isNegated: true)
    static let digits = ScalarSet(ranges: [48...57])
    /// Letters, digits and `_` of ASCII, and Chinese characters.
    static let words = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122, 0x3400...0x9FFF, 0x2_0000...0x3_FFFF])
    static let spaces = ScalarSet(ranges: [9...13, 32...32, 0xA0...0xA0, 0x3000...0x3000])

    init(ranges: [ClosedRange<UInt32>] = [], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    init(_ scalar: Unicode.Scalar) { self.init(ranges: [scalar.value...scalar.value]) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    /// Takes in another set that is not negated.
    mutating func formUnion(_ other: ScalarSet) { ranges += other.ranges }

    /// All others.
    var inverted: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }
}
