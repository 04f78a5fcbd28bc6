/// What tokens and assertions are signed by (RFC 7518 §3.1).
public enum SigningAlgorithm: String, CaseIterable, Codable, Sendable {
    /// ECDSA with P-256 and SHA-256: for everything, unless a client wants otherwise.
    case es256 = "ES256"
    /// RSA with SHA-256: for clients that know no other.
    case rs256 = "RS256"
}
