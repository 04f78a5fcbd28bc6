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
        let comma = needsComma
        bytes.append(addingCapacity: name.utf8CodeUnitCount + 4) { $0.append(key: name, comma: comma) }
        needsComma = false
    }

    /// Writes a key of any characters; its value comes next. The label keeps literals away, which would come here.
    public mutating func key(escaping name: String) {
        write(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    public mutating func write(_ text: String) {
        let utf8 = text.utf8.span
        let comma = needsComma
        if ByteScan.endOfUnescaped(utf8, from: 0) == utf8.count {
            bytes.append(addingCapacity: utf8.count + 3) {
                $0.append(comma: comma)
                $0.append(quoted: utf8)
            }
        } else {
            separate()
            appendEscaped(utf8)
        }
        needsComma = true
    }

    /// Writes a member whose key needs no escaping and whose value is a string, unless there is none.
    public mutating func write(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        let utf8 = text.utf8.span
        let comma = needsComma
        if ByteScan.endOfUnescaped(utf8, from: 0) == utf8.count {
            bytes.append(addingCapacity: name.utf8CodeUnitCount + utf8.count + 6) {
                $0.append(key: name, comma: comma)
                $0.append(quoted: utf8)
            }
        } else {
            key(name)
            appendEscaped(utf8)
        }
        needsComma = true
    }

    /// Writes a whole number.
    public mutating func write(_ number: Int64) {
        let comma = needsComma
        bytes.append(addingCapacity: 21) {
            $0.append(comma: comma)
            $0.append(decimal: number)
        }
        needsComma = true
    }

    /// Writes `true` or `false`.
    public mutating func write(_ flag: Bool) {
        write(word: flag ? "true" : "false")
    }

    /// Writes `null`.
    public mutating func writeNull() {
        write(word: "null")
    }

    /// Writes a string of the 32 hexadecimal digits of two numbers, with a hyphen before each byte whose bit is set
    /// in `hyphens` (the first byte's is bit 0): what digests and UUIDs are written as.
    public mutating func write(hexadecimal high: UInt64, _ low: UInt64, hyphens: UInt16 = 0) {
        let comma = needsComma
        bytes.append(addingCapacity: 51) {
            $0.append(comma: comma)
            $0.append(UInt8(ascii: "\""))
            $0.append(hexadecimal: high, hyphens: hyphens)
            $0.append(hexadecimal: low, hyphens: hyphens >> 8)
            $0.append(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// Writes a string of the 32 hexadecimal digits of each of so many pairs of numbers, one after the other.
    public mutating func write(hexadecimals count: Int, _ pair: (Int) -> (high: UInt64, low: UInt64)) {
        let comma = needsComma
        bytes.append(addingCapacity: 32 * count + 3) {
            $0.append(comma: comma)
            $0.append(UInt8(ascii: "\""))
            for index in 0..<count {
                let (high, low) = pair(index)
                $0.append(hexadecimal: high)
                $0.append(hexadecimal: low)
            }
            $0.append(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// Writes a value that is JSON already, byte for byte.
    public mutating func write(raw value: [UInt8]) {
        separate()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    private mutating func write(word: StaticString) {
        let comma = needsComma
        bytes.append(addingCapacity: word.utf8CodeUnitCount + 1) {
            $0.append(comma: comma)
            $0.append(word)
        }
        needsComma = true
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

    /// The string with its quotes.
    private mutating func appendEscaped(_ text: Span<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        while true {
            let end = ByteScan.endOfUnescaped(text, from: start)
            let piece = text.extracting(start..<end)
            bytes.append(addingCapacity: piece.count) { $0.append(piece) }
            guard end < text.count else { break }
            appendEscape(text[end])
            start = end + 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default: bytes.append(addingCapacity: 5) { $0.append(controlCharacter: byte) }
        }
    }
}
