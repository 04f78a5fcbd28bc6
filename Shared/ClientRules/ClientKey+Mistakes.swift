public import Messages
import Sealing

extension ClientKey {
    /// What is wrong with it; `nil` when nothing is.
    public var mistake: String? {
        switch kty {
        case .ellipticCurve:
            let isPoint = [x, y].allSatisfy { Self.bytes($0)?.count == 32 }
            return crv == "P-256" && alg == .es256 && isPoint && n == nil && e == nil
                ? nil : "Give a key of the curve P-256, with x and y of 32 bytes, for ES256."
        case .rsa:
            // Leading zeros do not make a key longer.
            let size = Self.bytes(n)?.drop { $0 == 0 }.count ?? 0
            let isExponent = (1...8).contains(Self.bytes(e)?.count ?? 0)
            return (256...512).contains(size) && alg == .rs256 && isExponent && crv == nil && x == nil && y == nil
                ? nil : "Give a key of RSA of 2048 to 4096 bits, with n and e, for RS256."
        }
    }

    private static func bytes(_ text: String?) -> [UInt8]? { text.flatMap { Base64URL.decode($0) } }
}
