/// A public key that a client signs by (RFC 7517): of the curve P-256, or RSA.
public struct ClientKey: Codable, Hashable, Sendable {
    /// The family of the key.
    public enum Family: String, Codable, CaseIterable, Sendable {
        /// Of an elliptic curve.
        case ellipticCurve = "EC"
        /// RSA.
        case rsa = "RSA"
    }

    /// The family of the key.
    public var kty: Family
    /// What it signs by; by default what its family does.
    public var alg: SigningAlgorithm
    /// Its name, if it has one.
    public var kid: String?
    /// `P-256`. For elliptic curves.
    public var crv: String?
    /// The first coordinate. For elliptic curves.
    public var x: String?
    /// The second coordinate. For elliptic curves.
    public var y: String?
    /// The modulus. For RSA.
    public var n: String?
    /// The exponent. For RSA.
    public var e: String?

    /// A key of the curve P-256.
    public init(curveX x: String, y: String, kid: String? = nil) {
        (kty, alg, crv, self.x, self.y, self.kid) = (.ellipticCurve, .es256, "P-256", x, y, kid)
    }

    /// A key of RSA.
    public init(modulus n: String, exponent e: String, kid: String? = nil) {
        (kty, alg, self.n, self.e, self.kid) = (.rsa, .rs256, n, e, kid)
    }
}
