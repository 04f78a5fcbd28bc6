/// MurmurHash3, x64 variant with 128 bits, by Austin Appleby (public domain).
public struct MurmurHash3: Sendable {
    private static let c1: UInt64 = 0x87c3_7b91_1142_53d5
    private static let c2: UInt64 = 0x4cf5_ad43_2745_937f

    private var h1: UInt64 = 0
    private var h2: UInt64 = 0
    private var count: UInt64 = 0
    private var pendingLow: UInt64 = 0
    private var pendingHigh: UInt64 = 0

    /// An empty hash with seed 0.
    public init() {}

    /// Adds bytes; where one call ends and the next begins makes no difference.
    public mutating func combine(_ bytes: Span<UInt8>) {
        var at = 0
        while at < bytes.count, count & 15 != 0 {
            combine(bytes[at])
            at += 1
        }
        while at + 16 <= bytes.count {
            pendingLow = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            pendingHigh = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at + 8, as: UInt64.self).littleEndian
            mixBlock()
            count += 16
            at += 16
        }
        while at < bytes.count {
            combine(bytes[at])
            at += 1
        }
    }

    /// Adds one byte.
    @inline(__always)
    public mutating func combine(_ byte: UInt8) {
        let position = count & 15
        if position < 8 {
            pendingLow |= UInt64(byte) << (8 * position)
        } else {
            pendingHigh |= UInt64(byte) << (8 * (position - 8))
        }
        count += 1
        if position == 15 {
            mixBlock()
        }
    }

    /// Adds sixteen bytes, given as two numbers, where whole blocks of sixteen came before.
    @inline(__always)
    mutating func combine(block low: UInt64, _ high: UInt64) {
        precondition(count & 15 == 0, "not at the start of a block")
        (pendingLow, pendingHigh) = (low, high)
        mixBlock()
        count += 16
    }

    /// The digest of all that was added.
    public consuming func finalize() -> ContentDigest {
        h2 ^= Self.scramble(pendingHigh, Self.c2, 33, Self.c1)
        h1 ^= Self.scramble(pendingLow, Self.c1, 31, Self.c2)
        h1 ^= count
        h2 ^= count
        h1 &+= h2
        h2 &+= h1
        h1 = Self.avalanche(h1)
        h2 = Self.avalanche(h2)
        h1 &+= h2
        h2 &+= h1
        return ContentDigest(high: h1, low: h2)
    }

    @inline(__always)
    private mutating func mixBlock() {
        h1 ^= Self.scramble(pendingLow, Self.c1, 31, Self.c2)
        h1 = Self.rotate(h1, 27) &+ h2
        h1 = h1 &* 5 &+ 0x52dc_e729
        h2 ^= Self.scramble(pendingHigh, Self.c2, 33, Self.c1)
        h2 = Self.rotate(h2, 31) &+ h1
        h2 = h2 &* 5 &+ 0x3849_5ab5
        pendingLow = 0
        pendingHigh = 0
    }

    @inline(__always)
    private static func scramble(_ block: UInt64, _ first: UInt64, _ turn: UInt64, _ second: UInt64) -> UInt64 {
        rotate(block &* first, turn) &* second
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ turn: UInt64) -> UInt64 {
        value << turn | value >> (64 - turn)
    }

    @inline(__always)
    private static func avalanche(_ value: UInt64) -> UInt64 {
        var value = value
        value ^= value >> 33
        value = value &* 0xff51_afd7_ed55_8ccd
        value ^= value >> 33
        value = value &* 0xc4ce_b9fe_1a85_ec53
        return value ^ value >> 33
    }
}
