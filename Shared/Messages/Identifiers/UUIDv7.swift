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
