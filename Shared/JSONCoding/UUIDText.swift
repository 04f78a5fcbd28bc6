/// A UUID as text (RFC 9562 §4), to and from its two halves, without Foundation, which goes by `sscanf`.
public enum UUIDText {
    private static let hyphens = [8, 13, 18, 23]

    /// - Parameter text: Digits in either case, with hyphens.
    /// - Returns: The halves, most significant first; `nil` for what is no UUID.
    public static func read(_ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard text.count == 36 else { return nil }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        for index in 0..<36 {
            switch index {
            case 8, 13, 18, 23:
                guard text[index] == UInt8(ascii: "-") else { return nil }
            default:
                guard let digit = Hexadecimal.value(of: text[index]) else { return nil }
                if index < 18 {
                    halves.high = halves.high << 4 | UInt64(digit)
                } else {
                    halves.low = halves.low << 4 | UInt64(digit)
                }
            }
        }
        return halves
    }

    /// The canonical text, in lower case.
    ///
    /// - Parameters:
    ///   - high: The first eight bytes.
    ///   - low: The last eight bytes.
    public static func write(_ high: UInt64, _ low: UInt64) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        let (first, second) = (Hexadecimal.digits(of: high), Hexadecimal.digits(of: low))
        for index in 0..<32 {
            if hyphens.contains(text.count) { text.append(UInt8(ascii: "-")) }
            text.append(index < 16 ? first[index] : second[index - 16])
        }
        return text
    }
}
