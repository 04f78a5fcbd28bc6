import Crypto
import CryptoExtras
import FoundationEssentials
import JWTKit
import Messages
import Sealing

/// A key that signs tokens.
struct SigningKey: Sendable {
    /// The RFC 7638 thumbprint, so that equal keys have equal names.
    let id: String
    private let material: Material

    private enum Material: Sendable {
        case elliptic(P256.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    /// A new key.
    init(for algorithm: SigningAlgorithm) throws {
        switch algorithm {
        case .es256: try self.init(.elliptic(P256.Signing.PrivateKey()))
        case .rs256: try self.init(.rsa(_RSA.Signing.PrivateKey(keySize: .bits2048)))
        }
    }

    /// - Throws: When the text is not a PEM of such a key.
    init(pem: String, for algorithm: SigningAlgorithm) throws {
        switch algorithm {
        case .es256: try self.init(.elliptic(P256.Signing.PrivateKey(pemRepresentation: pem)))
        case .rs256: try self.init(.rsa(_RSA.Signing.PrivateKey(pemRepresentation: pem)))
        }
    }

    private init(_ material: Material) throws {
        self.material = material
        id = Base64URL.encode(Ticket.digest(of: try Self.essence(of: material)))
    }

    /// The key as it is sealed.
    var pem: String {
        switch material {
        case .elliptic(let key): key.pemRepresentation
        case .rsa(let key): key.pemRepresentation
        }
    }

    /// What the world may know.
    var published: JWK {
        get throws {
            let name = JWKIdentifier(string: id)
            switch material {
            case .elliptic(let key):
                let (x, y) = Self.coordinates(key)
                return .ecdsa(.es256, identifier: name, x: x, y: y, curve: .p256)
            case .rsa(let key):
                let (n, e) = try Self.numbers(key)
                return .rsa(.rs256, identifier: name, modulus: n, exponent: e)
            }
        }
    }

    /// Lets a collection sign with the key.
    func add(to keys: JWTKeyCollection) async throws {
        let name = JWKIdentifier(string: id)
        switch material {
        case .elliptic(let key): try await keys.add(ecdsa: ES256PrivateKey(backing: key), kid: name)
        case .rsa(let key):
            try await keys.add(rsa: Insecure.RSA.PrivateKey(backing: key), digestAlgorithm: .sha256, kid: name)
        }
    }

    /// RFC 7638 §3: the required members, in order.
    private static func essence(of material: Material) throws -> String {
        switch material {
        case .elliptic(let key):
            let (x, y) = coordinates(key)
            return #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        case .rsa(let key):
            let (n, e) = try numbers(key)
            return #"{"e":"\#(e)","kty":"RSA","n":"\#(n)"}"#
        }
    }

    private static func coordinates(_ key: P256.Signing.PrivateKey) -> (x: String, y: String) {
        let raw = Array(key.publicKey.rawRepresentation)
        return (Base64URL.encode(raw[..<32]), Base64URL.encode(raw[32...]))
    }

    private static func numbers(_ key: _RSA.Signing.PrivateKey) throws -> (n: String, e: String) {
        let numbers = try key.publicKey.getKeyPrimitives()
        return (Base64URL.encode(numbers.modulus), Base64URL.encode(numbers.publicExponent))
    }
}
