import FoundationEssentials
import JWTKit
import Messages
import Sealing

/// A signing key as it is kept, and how far it has come.
struct KeyRecord: Sendable {
    /// A key is published before it signs, so that everybody who checks tokens has met it by then; it stays published
    /// when it no longer does, as long as what it signed may be shown; and it is known for some time after, so that a
    /// person with an old ID token can still log off.
    enum Phase: String, Codable, Sendable {
        /// Everybody may know it; it does not sign yet.
        case published
        /// It signs.
        case signing
        /// Another one signs.
        case retired
        /// Nobody is told of it any more.
        case withdrawn
    }

    let id: String
    let algorithm: SigningAlgorithm
    /// The public key as JSON.
    let published: String
    let sealed: String
    let createdAt: Timestamp
    /// When it signs, or began to.
    let signsAt: Timestamp
    let phase: Phase

    /// Whether `/oauth2/jwks` shows it.
    var isPublished: Bool { phase != .withdrawn }

    /// What the secret is sealed to.
    @Sendable static func context(_ id: String) -> String { "verifier/signing-key/\(id)" }

    /// The whole key.
    ///
    /// - Throws: `SealingError` when `SEALING_KEYS` does not open it.
    func open(by sealing: SealingKeys) throws -> SigningKey {
        let pem = try sealing.open(SealedSecret(sealed), context: Self.context(id))
        return try pem.withValue { try SigningKey(pem: $0, for: algorithm) }
    }
}
