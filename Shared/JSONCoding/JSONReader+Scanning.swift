extension JSONReader {
    /// How deep values may nest before the text is refused; WeCom's own answers stay below ten.
    static let deepestNesting = 128

    /// Steps over the next value, whatever it is, and returns where it stands.
    @discardableResult
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
        skipWhitespace()
        let start = offset
        var depth = 0
        repeat {
            skipWhitespace()
            guard offset < end else { throw JSONError(expected: "value", offset: offset) }
            switch bytes[offset] {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw JSONError(expected: "value", offset: offset) }
                offset += 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                offset += 1
                guard depth <= Self.deepestNesting else { throw JSONError(expected: "shallower value", offset: offset) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                offset += 1
            default: try skipScalar()
            }
            guard depth >= 0 else { throw JSONError(expected: "value", offset: offset - 1) }
        } while depth > 0
        return start..<offset
    }

    private mutating func skipScalar() throws(JSONError) {
        if skip("true") || skip("false") || skip("null") { return }
        let start = offset
        while offset < end, isNumberByte(bytes[offset]) { offset += 1 }
        guard offset > start else { throw JSONError(expected: "value", offset: start) }
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while offset < end {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8, _ what: String) throws(JSONError) {
        skipWhitespace()
        guard offset < end, bytes[offset] == byte else { throw JSONError(expected: what, offset: offset) }
        offset += 1
    }

    /// Takes a comma or the closing byte, and says whether another member follows.
    mutating func hasNext(closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard offset < end else { throw JSONError(expected: "next member", offset: offset) }
        switch bytes[offset] {
        case closing:
            offset += 1
            return false
        case UInt8(ascii: ","):
            offset += 1
            skipWhitespace()
        default:
            break
        }
        return true
    }

    mutating func skip(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - offset >= count else { return false }
        for index in 0..<count {
            let byte = unsafe word.utf8Start[index]
            if bytes[offset + index] != byte { return false }
        }
        offset += count
        return true
    }

    func startsFraction(_ at: Int) -> Bool {
        guard at < end else { return false }
        switch bytes[at] {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return true
        default: return false
        }
    }

    // MARK: Strings

    /// Where a string's content stands, between the quotes.
    struct StringContent {
        let range: Range<Int>
        let hasEscapes: Bool
    }

    /// Steps over a string, and returns what stands in it.
    mutating func stringContent() throws(JSONError) -> StringContent {
        let start = offset + 1
        let hasEscapes = try skipString()
        return StringContent(range: start..<offset - 1, hasEscapes: hasEscapes)
    }

    /// Steps over a string, and says whether it holds escapes.
    @discardableResult @inline(__always)
    private mutating func skipString() throws(JSONError) -> Bool {
        guard offset < end, bytes[offset] == UInt8(ascii: "\"") else {
            throw JSONError(expected: "string", offset: offset)
        }
        let start = offset + 1
        var at = start
        var hasEscapes = false
        while true {
            at = ByteScan.endOfPlainText(bytes.span, from: at, to: end)
            guard at < end else { throw JSONError(expected: "end of the string", offset: start) }
            if bytes[at] == UInt8(ascii: "\"") { break }
            hasEscapes = true
            at = min(at + 2, end)
        }
        offset = at + 1
        return hasEscapes
    }

    func string(_ content: StringContent) throws(JSONError) -> String {
        if content.hasEscapes { return try unescaped(content.range) }
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe String(decoding: UnsafeBufferPointer(rebasing: bytes[content.range]), as: UTF8.self)
        }
    }

    private func unescaped(_ range: Range<Int>) throws(JSONError) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            guard bytes[at] == UInt8(ascii: "\\") else {
                text.append(bytes[at])
                at += 1
                continue
            }
            if bytes[at + 1] == UInt8(ascii: "u") {
                let scalar = try escapedScalar(&at, limit: range.upperBound)
                text.append(contentsOf: Array(String(scalar).utf8))
            } else {
                guard let byte = Self.unescape(bytes[at + 1]) else {
                    throw JSONError(expected: "known escape", offset: at)
                }
                text.append(byte)
                at += 2
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func unescape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }

    /// Reads `\uXXXX`, and its second half where it is one of a surrogate pair; a lone half becomes U+FFFD.
    private func escapedScalar(_ at: inout Int, limit: Int) throws(JSONError) -> Unicode.Scalar {
        let high = try hexadecimal(at + 2, limit: limit)
        at += 6
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, at + 1 < limit, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
            return "\u{FFFD}"
        }
        let low = try hexadecimal(at + 2, limit: limit)
        guard (0xDC00...0xDFFF).contains(low) else { return "\u{FFFD}" }
        at += 6
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private func hexadecimal(_ start: Int, limit: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for offset in start..<start + 4 {
            guard offset < limit, let digit = Hexadecimal.value(of: bytes[offset]) else {
                throw JSONError(expected: "four hexadecimal digits", offset: start)
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
