import Crypto
import FoundationEssentials
import Sealing

/// A key for ES256.
struct SigningKey: Sendable {
    /// The RFC 7638 thumbprint, so that equal keys have equal names.
    let id: String
    let key: P256.Signing.PrivateKey

    /// A new key.
    init() {
        let key = P256.Signing.PrivateKey()
        self.key = key
        id = JSONWebKey.thumbprint(key.publicKey)
    }

    /// - Throws: When the text is not a PEM of a P-256 key.
    init(pem: String) throws {
        let key = try P256.Signing.PrivateKey(pemRepresentation: pem)
        self.key = key
        id = JSONWebKey.thumbprint(key.publicKey)
    }

    /// The key as it is sealed.
    var pem: String { key.pemRepresentation }

    /// What the world may know.
    var published: JSONWebKey { JSONWebKey(key.publicKey) }
}

/// A public key as `/oauth2/jwks` shows it (RFC 7517, RFC 7518 §6.2).
struct JSONWebKey: Codable, Equatable, Sendable {
    let kty: String
    let crv: String
    let x: String
    let y: String
    let kid: String
    let use: String
    let alg: String

    init(_ key: P256.Signing.PublicKey) {
        (x, y) = Self.coordinates(key)
        kty = "EC"
        crv = "P-256"
        kid = Self.thumbprint(key)
        use = "sig"
        alg = "ES256"
    }

    /// RFC 7638 §3: the SHA-256 of the required members, in order.
    static func thumbprint(_ key: P256.Signing.PublicKey) -> String {
        let (x, y) = coordinates(key)
        return Base64URL.encode(Ticket.digest(of: #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#))
    }

    private static func coordinates(_ key: P256.Signing.PublicKey) -> (x: String, y: String) {
        let raw = Array(key.rawRepresentation)
        return (Base64URL.encode(raw[..<32]), Base64URL.encode(raw[32...]))
    }
}
