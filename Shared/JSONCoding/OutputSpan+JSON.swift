/// The pieces of a JSON text, in room that was made for them.
extension OutputSpan<UInt8> {
    @inline(__always)
    mutating func append(comma: Bool) {
        if comma { append(UInt8(ascii: ",")) }
    }

    /// A key that needs no escaping, with its quotes and the colon.
    @inline(__always)
    mutating func append(key name: StaticString, comma: Bool) {
        append(comma: comma)
        append(UInt8(ascii: "\""))
        append(name)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        unsafe append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A string that needs no escaping, with its quotes.
    @inline(__always)
    mutating func append(quoted text: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        append(text)
        append(UInt8(ascii: "\""))
    }

    @inline(__always)
    mutating func append(_ source: Span<UInt8>) {
        unsafe source.withUnsafeBufferPointer { unsafe append($0) }
    }

    @inline(__always)
    private mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        precondition(source.count <= freeCapacity, "there is no room for \(source.count) bytes")
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            guard let target = buffer.baseAddress, let start = source.baseAddress else { return }
            unsafe (target + count).update(from: start, count: source.count)
            count += source.count
        }
    }

    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(digit)
            rest = quotient
        } while rest > 0
        for index in first..<20 { append(digits[index]) }
    }

    /// The sixteen digits of a number, with a hyphen before each byte whose bit is set in `hyphens`.
    @inline(__always)
    mutating func append(hexadecimal number: UInt64, hyphens: UInt16 = 0) {
        let digits = Hexadecimal.digits(of: number)
        for byte in 0..<8 {
            if hyphens >> byte & 1 == 1 { append(UInt8(ascii: "-")) }
            append(digits[2 * byte])
            append(digits[2 * byte + 1])
        }
    }

    /// The rest of `\u00XX`, whose backslash is there.
    mutating func append(controlCharacter byte: UInt8) {
        append("u00")
        append(Hexadecimal.digit(of: byte >> 4))
        append(Hexadecimal.digit(of: byte & 15))
    }
}
