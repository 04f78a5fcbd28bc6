import Crypto
import FoundationEssentials
public import Sealing

/// A secret of a client as everybody but the client knows it: by its digest. The secrets are random, so that a plain
/// hash cannot be guessed.
public struct ClientSecret: Codable, Hashable, Sendable {
    /// SHA-256 of the secret, in base64url.
    public let digest: String
    /// Until when it counts; `nil` where nothing took its place.
    public var goodUntil: Timestamp?

    /// - Parameters:
    ///   - secret: The secret itself, of which nothing is kept.
    ///   - goodUntil: Until when it counts.
    public init(of secret: Secret, goodUntil: Timestamp? = nil) {
        digest = secret.withValue { Base64URL.encode(SHA256.hash(data: Data($0.utf8))) }
        self.goodUntil = goodUntil
    }

    /// Whether that is the secret, and it still counts.
    public func accepts(_ shown: Secret, at now: Timestamp) -> Bool {
        guard ConstantTime.areEqual(ClientSecret(of: shown).digest, digest) else { return false }
        return goodUntil.map { now < $0 } ?? true
    }
}
