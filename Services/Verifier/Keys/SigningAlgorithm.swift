/// What tokens are signed by.
enum SigningAlgorithm: String, CaseIterable, Codable, Sendable {
    /// ECDSA with P-256 and SHA-256: for everything, unless a client wants otherwise.
    case es256 = "ES256"
    /// RSA with SHA-256: for ID tokens of clients that know no other.
    case rs256 = "RS256"
}
