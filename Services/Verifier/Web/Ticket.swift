import Crypto
import FoundationEssentials
import Sealing

/// A random text that is shown to somebody once and kept only as a digest: code, refresh token, state, cookie.
struct Ticket: Equatable, Sendable {
    /// What is shown.
    let text: String

    /// A new one of 256 random bits, or one less.
    ///
    /// - Parameter isAlphanumeric: Whether it has letters and digits only, as WeCom's `state` must
    ///   (`wecom.md` §4.1).
    static func make(isAlphanumeric: Bool = false) -> Ticket {
        Ticket(text: isAlphanumeric ? RandomText.make(43) : RandomText.make(43, of: RandomText.base64URL))
    }

    /// What is kept: SHA-256.
    var digest: [UInt8] { Self.digest(of: text) }

    /// What is kept of a text that somebody shows.
    static func digest(of text: String) -> [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}
