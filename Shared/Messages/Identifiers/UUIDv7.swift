public import FoundationEssentials
import Synchronization

/// Makes UUIDs of version 7 (RFC 9562 §5.7): they start with the time, so newer ones sort last.
public enum UUIDv7 {
    /// Milliseconds of the last one made, and how many were made in it.
    private static let last = Mutex<(milliseconds: UInt64, count: UInt64)>((0, 0))

    /// A new UUID. Those of one process are strictly increasing (the 12 bits behind the time count up).
    public static func make() -> UUID {
        let (milliseconds, count) = next()
        var random = SystemRandomNumberGenerator()
        let tail = random.next()
        let high = milliseconds << 16 | 0x7000 | count
        let low = tail & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return UUID(high: high, low: low)
    }

    private static func next() -> (UInt64, UInt64) {
        let now = UInt64(max(0, Timestamp.now.millisecondsSince1970))
        return last.withLock { last in
            if now > last.milliseconds {
                last = (now, 0)
            } else if last.count < 0xFFF {
                last.count += 1
            } else {
                last = (last.milliseconds + 1, 0)
            }
            return last
        }
    }
}

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
}
