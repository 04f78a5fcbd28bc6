/// Texts by chance, from the system's source of randomness, which nobody can guess.
public enum RandomText {
    /// The 62 that every place takes; 6 bits of chance each, nearly.
    public static let lettersAndDigits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    /// The 64 of base64url: 6 bits of chance each.
    public static let base64URL = lettersAndDigits + ["-", "_"]

    /// A new text.
    ///
    /// - Parameters:
    ///   - count: How many characters; 43 have 256 bits of chance, or one less.
    ///   - alphabet: What to choose from, each as likely as the other.
    public static func make(_ count: Int, of alphabet: [Character] = lettersAndDigits) -> String {
        var generator = SystemRandomNumberGenerator()
        var bits = Bits()
        let last = max(alphabet.count - 1, 1)
        let width = Int.bitWidth - last.leadingZeroBitCount
        var text = ""
        var length = 0
        while length < count {
            // What lies beyond the alphabet is drawn again, so that each character is as likely as the other.
            let index = bits.next(width, from: &generator)
            guard index < alphabet.count else { continue }
            text.append(alphabet[index])
            length += 1
        }
        return text
    }

    /// Bits by chance, 64 for each call to the system.
    private struct Bits {
        private var word: UInt64 = 0
        private var left = 0

        mutating func next(_ width: Int, from generator: inout SystemRandomNumberGenerator) -> Int {
            if left < width {
                word = generator.next()
                left = UInt64.bitWidth
            }
            defer {
                word >>= UInt64(width)
                left -= width
            }
            return Int(word & (1 << UInt64(width) - 1))
        }
    }
}
