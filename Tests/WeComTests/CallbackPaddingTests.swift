import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import WeCom

/// Whoever knows the token, and not the key, can sign what is no message; whoever has the key can make any padding.
@Suite("Padding of callbacks", .timeLimit(.minutes(5)))
struct CallbackPaddingTests {
    private let vector = CallbackVector.check
    /// Random bytes, a length of 5, the message and no receiver: 25 bytes, so that 7 are wanting to 32.
    private static let framed = [UInt8](repeating: 1, count: 16) + [0, 0, 0, 5] + Array("hello".utf8)

    /// Encrypts bytes as they are, and signs them rightly.
    private func decrypted(_ plain: [UInt8]) throws -> [UInt8] {
        let key = try #require(LenientBase64.decode(vector.key))
        let sealed = try AES._CBC.encrypt(
            plain,
            using: SymmetricKey(data: key),
            iv: AES._CBC.IV(ivBytes: key.prefix(16)),
            noPadding: true
        )
        let encrypted = sealed.base64EncodedString()
        return try vector.crypto().decrypt(
            signature: Signing.signature(vector.token, "1", "n", encrypted),
            timestamp: "1",
            nonce: "n",
            encrypted: encrypted
        ).message
    }

    @Test("a right padding is taken off")
    func right() throws {
        #expect(try decrypted(Self.framed + [UInt8](repeating: 7, count: 7)) == Array("hello".utf8))
    }

    @Test(
        "a wrong padding is refused although the signature is right",
        arguments: [
            [7, 7, 7, 7, 7, 6, 7], [6, 7, 7, 7, 7, 7, 7], [7, 7, 7, 7, 7, 7, 0], [7, 7, 7, 7, 7, 7, 33],
            [7, 7, 7, 7, 7, 7, 255], [0, 0, 0, 0, 0, 0, 0], [8, 8, 8, 8, 8, 8, 8],
        ] as [[UInt8]]
    )
    func wrong(padding: [UInt8]) {
        #expect(throws: CallbackError.badPadding) { try decrypted(Self.framed + padding) }
    }
}
