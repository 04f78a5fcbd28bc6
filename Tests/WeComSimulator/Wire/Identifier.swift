/// Makes up the secrets, codes and ids that WeCom hands out.
enum Identifier {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    private static let digits = Array("0123456789abcdef")

    static func random(_ length: Int, prefix: String = "") -> String {
        prefix + String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    static func hexadecimal(digits count: Int) -> String {
        String((0..<count).map { _ in digits[Int.random(in: 0..<16)] })
    }

    /// A corp ID as WeCom shows it: `ww` and 16 hexadecimal digits (wecom.md §4.5).
    static func corpID() -> String { "ww" + hexadecimal(digits: 16) }

    /// A secret or permanent code.
    static func secret() -> String { random(43) }

    /// An encrypted id that is always the same for the same words.
    static func derived(prefix: String, from words: String...) -> String {
        var source = RandomSource(words.joined(separator: "\u{0}"))
        return prefix + String((0..<30).map { _ in alphabet[source.below(alphabet.count)] })
    }
}
