public import FoundationEssentials
import JSONCoding

extension UUID {
    /// A UUID from its two halves, most significant first.
    public init(high: UInt64, low: UInt64) {
        func byte(_ value: UInt64, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: value >> (56 - 8 * index)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }

    /// The two halves, most significant first.
    var halves: (high: UInt64, low: UInt64) {
        let (high, low) = unsafe unsafeBitCast(uuid, to: (UInt64, UInt64).self)
        return (high.bigEndian, low.bigEndian)
    }

    /// Reads a UUID without Foundation, which goes by `sscanf`; each message has four of them.
    ///
    /// - Parameter text: Digits in either case, with hyphens (RFC 9562 §4).
    init?(text: Span<UInt8>) {
        guard let halves = UUIDText.read(text) else { return nil }
        self.init(high: halves.high, low: halves.low)
    }
}
