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
        return String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
    }
}
