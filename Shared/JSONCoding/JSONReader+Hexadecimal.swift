extension JSONReader {
    /// Reads a string of hexadecimal digits without making a string, and hands over each 32 of them as two numbers.
    public mutating func readHexadecimal(_ take: (UInt64, UInt64) -> Void) throws(JSONError) {
        skipWhitespace()
        let content = try stringContent()
        guard !content.hasEscapes, content.range.count % 32 == 0 else {
            throw JSONError(expected: "32 hexadecimal digits, or a multiple", offset: content.range.lowerBound)
        }
        for start in stride(from: content.range.lowerBound, to: content.range.upperBound, by: 32) {
            guard let high = number(at: start), let low = number(at: start + 16) else {
                throw JSONError(expected: "hexadecimal digits", offset: start)
            }
            take(high, low)
        }
    }

    /// The number that sixteen digits stand for; `nil` if one of them is no digit.
    @inline(__always)
    private func number(at start: Int) -> UInt64? {
        let digits = bytes.span
        var number: UInt64 = 0
        for index in start..<start + 16 {
            guard let value = Hexadecimal.value(of: digits[index]) else { return nil }
            number = number << 4 | UInt64(value)
        }
        return number
    }
}
