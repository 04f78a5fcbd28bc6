import FoundationEssentials
import Sealing

/// What a one-time link to sign in holds, sealed: a key that was made for it, and until when it can be followed.
struct SignInLink: Codable, Sendable {
    /// How long there is to follow it.
    static let patience = 1_800
    private static let context = "console/sign-in-link"

    var key: String
    var keyID: String
    var until: Int

    init(key: String, keyID: String, now: Int) {
        self.key = key
        self.keyID = keyID
        until = now + Self.patience
    }

    /// - Returns: Nil where the token is none of ours, or too old.
    init?(_ token: String, openedBy keys: SealingKeys, now: Int = Int(Date().timeIntervalSince1970)) {
        guard token.utf8.count < 2_000, let sealed = try? SealedSecret(token),
            let secret = try? keys.open(sealed, context: Self.context),
            let link = secret.withValue({ try? JSONDecoder().decode(SignInLink.self, from: Data($0.utf8)) }),
            link.until > now
        else { return nil }
        self = link
    }

    /// The token that the link's address ends with.
    func token(sealedBy keys: SealingKeys) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        return try keys.seal(Secret(text), context: Self.context).text
    }
}
