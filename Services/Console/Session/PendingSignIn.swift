import FoundationEssentials
import Hummingbird
import Sealing

/// A sign-in by the verifier that has begun in this browser: it travels sealed in a cookie, until the browser is back.
struct PendingSignIn: Codable, Equatable, Sendable {
    /// How long there is to come back, in seconds.
    static let patience = 900
    private static let context = "console/pending-sign-in"

    let state: String
    /// What proves to the verifier that the same console comes for the tokens (RFC 7636).
    let verifier: String
    /// The page that was wanted.
    let next: String?
    let until: Int

    init(next: String?, now: Int) {
        state = RandomText.make(43)
        verifier = RandomText.make(43)
        self.next = next
        until = now + Self.patience
    }

    /// - Returns: Nil where the text is none of ours, or too old.
    init?(_ text: String, openedBy keys: SealingKeys, now: Int) {
        guard text.utf8.count < 3_800, let sealed = try? SealedSecret(text),
            let secret = try? keys.open(sealed, context: Self.context),
            let pending = secret.withValue({ try? JSONDecoder().decode(PendingSignIn.self, from: Data($0.utf8)) }),
            pending.until > now
        else { return nil }
        self = pending
    }

    /// What the cookie holds.
    func text(sealedBy keys: SealingKeys) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        return try keys.seal(Secret(text), context: Self.context).text
    }
}
