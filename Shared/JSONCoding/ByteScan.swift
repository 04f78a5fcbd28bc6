/// Looks for bytes eight at a time, which most of a JSON text is passed over by.
package enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080
    private static let quotes = ones &* UInt64(UInt8(ascii: "\""))
    private static let backslashes = ones &* UInt64(UInt8(ascii: "\\"))

    /// The first quote or backslash at or behind `start`; `end` when there is none before it.
    @inline(__always)
    static func endOfPlainText(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var at = start
        while at + 8 <= end {
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            let found = zeroBytes(word ^ quotes) | zeroBytes(word ^ backslashes)
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < end, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") { at += 1 }
        return at
    }

    /// The first byte at or behind `start` that a JSON string may not hold as it is.
    @inline(__always)
    static func endOfUnescaped(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var at = start
        while at + 8 <= bytes.count {
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            let found = zeroBytes(word ^ quotes) | zeroBytes(word ^ backslashes) | bytesBelow0x20(word)
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < bytes.count, bytes[at] >= 0x20, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") {
            at += 1
        }
        return at
    }

    /// The first byte at or behind `start` that ends a run of a string's plain text: a quote, a backslash or a control
    /// character; `end` when there is none before it.
    ///
    /// - Parameter high: Takes in the high bits of the bytes before it: zero as long as all are ASCII.
    @inline(__always)
    static func endOfUnescaped(_ bytes: Span<UInt8>, from start: Int, to end: Int, high: inout UInt64) -> Int {
        var at = start
        while at + 8 <= end {
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            let found = zeroBytes(word ^ quotes) | zeroBytes(word ^ backslashes) | bytesBelow0x20(word)
            if found != 0 {
                let place = found.trailingZeroBitCount / 8
                high |= word & highs & (1 << UInt64(8 * place) &- 1)
                return at + place
            }
            high |= word & highs
            at += 8
        }
        while at < end, bytes[at] >= 0x20, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") {
            high |= UInt64(bytes[at]) & 0x80
            at += 1
        }
        return at
    }

    /// Whether there is a zero among the bytes.
    package static func holdsZero(_ bytes: Span<UInt8>) -> Bool {
        var at = 0
        while at + 8 <= bytes.count {
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            if zeroBytes(word) != 0 { return true }
            at += 8
        }
        while at < bytes.count {
            if bytes[at] == 0 { return true }
            at += 1
        }
        return false
    }

    /// The high bit of each byte that is zero, up to the first; above that one anything.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

    /// The high bit of each byte below 0x20, up to the first; above that one anything.
    @inline(__always)
    private static func bytesBelow0x20(_ word: UInt64) -> UInt64 { (word &- ones &* 0x20) & ~word & highs }
}
