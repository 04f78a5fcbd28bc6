/// Numbers as texts, and back.
enum NumberText {
    /// Whole numbers without a fraction.
    static func text(of number: Double) -> String {
        if let whole = Int64(exactly: number) { return String(whole) }
        return String(number)
    }

    /// The number that a text is: digits, perhaps with a sign and a fraction; nil for anything else.
    static func number(_ text: some StringProtocol) -> Double? {
        let digits = Array(text.utf8.drop { $0 == UInt8(ascii: "-") })
        guard text.utf8.count - digits.count <= 1, text.utf8.count <= 32, digits.first.map(isDigit) ?? false,
            digits.last.map(isDigit) ?? false, digits.count(where: { $0 == UInt8(ascii: ".") }) <= 1,
            digits.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
