import Crypto
import FoundationEssentials

/// A random text that is shown to somebody once and kept only as a digest: code, refresh token, state, cookie.
struct Ticket: Equatable, Sendable {
    /// What is shown.
    let text: String

    /// A new one of 256 random bits.
    ///
    /// - Parameter isAlphanumeric: Whether it has letters and digits only, as WeCom's `state` must
    ///   (`wecom.md` §4.1).
    static func make(isAlphanumeric: Bool = false) -> Ticket {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Ticket(text: isAlphanumeric ? hexadecimal(bytes) : Escaping.base64URL(bytes))
    }

    /// What is kept: SHA-256.
    var digest: [UInt8] { Self.digest(of: text) }

    /// What is kept of a text that somebody shows.
    static func digest(of text: String) -> [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "") { text, byte in
            let digits = String(byte, radix: 16)
            text += digits.count == 1 ? "0\(digits)" : digits
        }
    }
}
