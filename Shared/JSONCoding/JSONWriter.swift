/// Writes a JSON text into a growing array of bytes.
///
/// The caller gives the structure; the writer sets commas and escapes strings.
public struct JSONWriter: Sendable {
    /// What has been written so far, in UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter capacity: Bytes to make room for at once.
    public init(reserving capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    /// Closes the object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    /// Closes the array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a key that needs no escaping; its value comes next.
    public mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(name)
        append("\":")
        needsComma = false
    }

    /// Writes a key of any characters; its value comes next.
    public mutating func key(_ name: String) {
        write(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    public mutating func write(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { unsafe appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a whole number.
    public mutating func write(_ number: Int64) {
        separate()
        appendDigits(number)
        needsComma = true
    }

    /// Writes `true` or `false`.
    public mutating func write(_ flag: Bool) {
        separate()
        append(flag ? "true" : "false")
        needsComma = true
    }

    /// Writes `null`.
    public mutating func writeNull() {
        separate()
        append("null")
        needsComma = true
    }

    /// Writes a string of the 32 hexadecimal digits of two numbers, with a hyphen before each byte whose bit is set
    /// in `hyphens` (the first byte's is bit 0): what digests and UUIDs are written as.
    public mutating func write(hexadecimal high: UInt64, _ low: UInt64, hyphens: UInt16 = 0) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendDigits(of: high, hyphens: hyphens)
        appendDigits(of: low, hyphens: hyphens >> 8)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a string of the 32 hexadecimal digits of each of so many pairs of numbers, one after the other.
    public mutating func write(hexadecimals count: Int, _ pair: (Int) -> (high: UInt64, low: UInt64)) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for index in 0..<count {
            let (high, low) = pair(index)
            appendDigits(of: high, hyphens: 0)
            appendDigits(of: low, hyphens: 0)
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a value that is JSON already, byte for byte.
    public mutating func write(raw value: [UInt8]) {
        separate()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    private mutating func appendDigits(of number: UInt64, hyphens: UInt16) {
        for index: UInt64 in 0..<8 {
            if hyphens >> index & 1 == 1 { bytes.append(UInt8(ascii: "-")) }
            let byte = UInt8(truncatingIfNeeded: number >> (56 - 8 * index))
            bytes.append(Hexadecimal.digit(of: byte >> 4))
            bytes.append(Hexadecimal.digit(of: byte & 15))
        }
    }

    @inline(__always)
    private mutating func append(_ text: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while true {
            let end = ByteScan.endOfUnescaped(unsafe text.span, from: start)
            unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
            guard end < text.count else { return }
            appendEscape(unsafe text[end])
            start = end + 1
        }
    }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            append("u00")
            bytes.append(Hexadecimal.digit(of: byte >> 4))
            bytes.append(Hexadecimal.digit(of: byte & 15))
        }
    }

    private mutating func appendDigits(_ number: Int64) {
        var rest = number.magnitude
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        guard rest > 9 else { return bytes.append(UInt8(ascii: "0") + UInt8(rest)) }
        let start = bytes.count
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        }
        bytes[start...].reverse()
    }
}
