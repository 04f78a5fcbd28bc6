extension JSONReader {
    /// Reads a string of hexadecimal digits without making a string, and hands over each 32 of them as two numbers.
    public mutating func readHexadecimal(_ take: (UInt64, UInt64) -> Void) throws(JSONError) {
        skipWhitespace()
        let content = try stringContent()
        guard !content.hasEscapes, content.range.count % 32 == 0 else {
            throw JSONError(expected: "32 hexadecimal digits, or a multiple", offset: content.range.lowerBound)
        }
        let digits = bytes.span
        for start in stride(from: content.range.lowerBound, to: content.range.upperBound, by: 32) {
            guard let high = Hexadecimal.number(digits, at: start), let low = Hexadecimal.number(digits, at: start + 16)
            else {
                throw JSONError(expected: "hexadecimal digits", offset: start)
            }
            take(high, low)
        }
    }
}
