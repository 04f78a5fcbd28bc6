/// Values by the letter of RFC 8259, and by what its readers agree on besides: no lone halves of surrogate pairs, no
/// numbers beyond a double's range.
extension JSONReader {
    /// How deep a value may nest that is to be carried in a message of ours.
    static let deepestCarried = deepestNesting - 8

    /// Steps over the next value if it is strict JSON, and returns where it stands; `nil`, without a step, if not.
    ///
    /// - Parameters:
    ///   - keys: Members of the value to look for, if it is an object.
    ///   - found: Is told the position of each in `keys`, and where its value stands.
    public mutating func skipStrictValue(
        lookingFor keys: JSONKeys,
        _ found: (Int, Range<Int>) -> Void
    ) -> Range<Int>? {
        let before = offset
        skipWhitespace()
        let start = offset
        let isStrict: Bool
        if start < end, bytes[start] == UInt8(ascii: "{") {
            isStrict = passObject(1) { [bytes] key, value in
                let position = keys.match(bytes.span, key)
                if position != JSONKeys.unknown { found(position, value) }
            }
        } else {
            isStrict = passValue(0)
        }
        guard isStrict else {
            offset = before
            return nil
        }
        return start..<offset
    }

    /// Takes a number by JSON's grammar, if one stands here that a double can hold.
    mutating func passNumber() -> Bool {
        let start = offset
        if offset < end, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let first = offset
        let count = passDigits()
        guard count == 1 || count > 1 && bytes[first] != UInt8(ascii: "0") else { return false }
        guard count > 18 || startsFraction(offset) else { return true }
        if pass(UInt8(ascii: ".")), passDigits() == 0 { return false }
        if pass(UInt8(ascii: "e")) || pass(UInt8(ascii: "E")) {
            _ = pass(UInt8(ascii: "+")) || pass(UInt8(ascii: "-"))
            guard passDigits() > 0 else { return false }
        }
        return Double(String(decoding: bytes[start..<offset], as: UTF8.self))?.isFinite ?? false
    }

    /// The end of the escape that begins at `at`; `nil` if it is none, or a lone half of a surrogate pair.
    func endOfEscape(_ at: Int, limit: Int) -> Int? {
        guard at + 1 < limit else { return nil }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return at + 2
        case UInt8(ascii: "u"):
            guard let half = codeUnit(at, limit: limit) else { return nil }
            guard (0xD800...0xDFFF).contains(half) else { return at + 6 }
            guard half < 0xDC00, let other = codeUnit(at + 6, limit: limit), (0xDC00...0xDFFF).contains(other) else {
                return nil
            }
            return at + 12
        default:
            return nil
        }
    }

    /// What `\uXXXX` at `at` stands for, if that is what stands there.
    func codeUnit(_ at: Int, limit: Int) -> UInt32? {
        guard at + 6 <= limit, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for offset in at + 2..<at + 6 {
            guard let digit = Hexadecimal.value(of: bytes[offset]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// - Parameter depth: How many values it stands in.
    private mutating func passValue(_ depth: Int) -> Bool {
        guard offset < end else { return false }
        switch bytes[offset] {
        case UInt8(ascii: "\""): return passString()
        case UInt8(ascii: "{"): return passObject(depth + 1) { _, _ in }
        case UInt8(ascii: "["): return passArray(depth + 1)
        case UInt8(ascii: "t"): return skip("true")
        case UInt8(ascii: "f"): return skip("false")
        case UInt8(ascii: "n"): return skip("null")
        default: return passNumber()
        }
    }

    /// - Parameter found: Is told where each key's text and its value stand.
    @inline(__always)
    private mutating func passObject(_ depth: Int, _ found: (Range<Int>, Range<Int>) -> Void) -> Bool {
        guard depth <= Self.deepestCarried else { return false }
        offset += 1
        skipWhitespace()
        if pass(UInt8(ascii: "}")) { return true }
        while true {
            let key = offset + 1
            guard passString() else { return false }
            let endOfKey = offset - 1
            skipWhitespace()
            guard pass(UInt8(ascii: ":")) else { return false }
            skipWhitespace()
            let value = offset
            guard passValue(depth) else { return false }
            found(key..<endOfKey, value..<offset)
            skipWhitespace()
            if pass(UInt8(ascii: "}")) { return true }
            guard pass(UInt8(ascii: ",")) else { return false }
            skipWhitespace()
        }
    }

    private mutating func passArray(_ depth: Int) -> Bool {
        guard depth <= Self.deepestCarried else { return false }
        offset += 1
        skipWhitespace()
        if pass(UInt8(ascii: "]")) { return true }
        while true {
            guard passValue(depth) else { return false }
            skipWhitespace()
            if pass(UInt8(ascii: "]")) { return true }
            guard pass(UInt8(ascii: ",")) else { return false }
            skipWhitespace()
        }
    }

    private mutating func passString() -> Bool {
        guard pass(UInt8(ascii: "\"")) else { return false }
        let start = offset
        var at = start
        var high: UInt64 = 0
        while true {
            at = ByteScan.endOfUnescaped(bytes.span, from: at, to: end, high: &high)
            guard at < end else { return false }
            if bytes[at] == UInt8(ascii: "\"") { break }
            guard bytes[at] == UInt8(ascii: "\\"), let next = endOfEscape(at, limit: end) else { return false }
            at = next
        }
        offset = at + 1
        return high == 0 || (try? UTF8Span(validating: bytes.span.extracting(start..<at))) != nil
    }

    private mutating func passDigits() -> Int {
        let start = offset
        while offset < end, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        return offset - start
    }

    @inline(__always)
    private mutating func pass(_ byte: UInt8) -> Bool {
        guard offset < end, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }
}
