import Crypto
import CryptoExtras
import FoundationEssentials
import JSONCoding
import Sealing

/// Signs, checks, encrypts and decrypts callbacks as WeCom does (wecom.md §2.2).
public struct CallbackCrypto: Sendable {
    private let token: [UInt8]
    private let key: [UInt8]

    /// - Parameters:
    ///   - token: 1 to 32 letters and digits, as entered in WeCom's console.
    ///   - encodingAESKey: Exactly 43 letters and digits, as entered in WeCom's console.
    ///
    /// Throws ``CallbackError/badToken`` or ``CallbackError/badKey``.
    public init(token: String, encodingAESKey: String) throws {
        guard IdentifierText.isPlausible(token, lengths: 1...32, marks: "") else { throw CallbackError.badToken }
        guard
            IdentifierText.isPlausible(encodingAESKey, lengths: 43...43, marks: ""),
            let key = LenientBase64.decode(encodingAESKey)
        else { throw CallbackError.badKey }
        self.token = Array(token.utf8)
        self.key = key
    }

    /// Checks the signature alone; the time it takes does not tell how much of it was right.
    public func verify(signature: String, timestamp: String, nonce: String, encrypted: String) throws {
        let expected = self.signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted)
        guard ConstantTime.areEqual(signature, expected) else { throw CallbackError.badSignature }
    }

    /// Checks the signature and decrypts. `receiver` must then be compared with who is meant to receive it; the overload
    /// with `isReceiver` does that.
    ///
    /// Throws a ``CallbackError``.
    public func decrypt(
        signature: String,
        timestamp: String,
        nonce: String,
        encrypted: String
    ) throws -> (message: [UInt8], receiver: String) {
        try verify(signature: signature, timestamp: timestamp, nonce: nonce, encrypted: encrypted)
        guard let ciphertext = Data(base64Encoded: encrypted) else { throw CallbackError.badBase64 }
        return try open(Array(ciphertext))
    }

    /// Checks the signature, decrypts and checks the receiver.
    ///
    /// - Parameter isReceiver: Whether this is one of those whom the route is for (wecom.md §2.2): the provider's corp ID
    ///   and the template ID on the command route, the enterprise's corp ID on the data route. Plain corp IDs are best
    ///   compared as ``CorpID``.
    public func decrypt(
        signature: String,
        timestamp: String,
        nonce: String,
        encrypted: String,
        isReceiver: (String) -> Bool
    ) throws -> [UInt8] {
        let (message, receiver) = try decrypt(
            signature: signature,
            timestamp: timestamp,
            nonce: nonce,
            encrypted: encrypted
        )
        guard isReceiver(receiver) else { throw CallbackError.wrongReceiver }
        return message
    }

    /// Encrypts and signs, as WeCom does and as a passive reply needs.
    ///
    /// - Parameter random: 16 bytes, by chance unless given.
    public func encrypt(
        _ message: [UInt8],
        receiver: String,
        nonce: String,
        timestamp: String,
        random: [UInt8]? = nil
    ) throws -> EncryptedCallback {
        var plain = random ?? (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        guard plain.count == 16, let length = UInt32(exactly: message.count) else { throw CallbackError.badLength }
        plain += stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> UInt32($0)) }
        plain += message
        plain += receiver.utf8
        let padding = 32 - plain.count % 32
        plain += [UInt8](repeating: UInt8(padding), count: padding)
        let ciphertext = try AES._CBC.encrypt(
            plain,
            using: SymmetricKey(data: key),
            iv: initialVector(),
            noPadding: true
        )
        let encrypted = ciphertext.base64EncodedString()
        return EncryptedCallback(
            encrypted: encrypted,
            signature: signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted),
            timestamp: timestamp,
            nonce: nonce
        )
    }

    private func open(_ ciphertext: [UInt8]) throws -> (message: [UInt8], receiver: String) {
        guard !ciphertext.isEmpty, ciphertext.count % 16 == 0 else { throw CallbackError.badLength }
        guard
            let plain = try? AES._CBC.decrypt(
                ciphertext,
                using: SymmetricKey(data: key),
                iv: initialVector(),
                noPadding: true
            )
        else { throw CallbackError.cannotDecrypt }
        return try Self.unframe(Self.unpad(Array(plain)))
    }

    /// PKCS #7 to a multiple of 32, which ordinary unpadders for 16 refuse.
    private static func unpad(_ plain: [UInt8]) throws -> ArraySlice<UInt8> {
        guard
            let padding = plain.last.map(Int.init), (1...32).contains(padding), padding <= plain.count,
            plain.suffix(padding).allSatisfy({ Int($0) == padding })
        else { throw CallbackError.badPadding }
        return plain.dropLast(padding)
    }

    /// `random(16) ‖ uint32 length ‖ message ‖ receiver`.
    private static func unframe(_ plain: ArraySlice<UInt8>) throws -> (message: [UInt8], receiver: String) {
        let framed = plain.dropFirst(16)
        guard framed.count >= 4 else { throw CallbackError.badLength }
        let length = framed.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let rest = framed.dropFirst(4)
        guard length <= rest.count else { throw CallbackError.badLength }
        return (Array(rest.prefix(length)), String(decoding: rest.dropFirst(length), as: UTF8.self))
    }

    private func signature(timestamp: String, nonce: String, encrypted: String) -> String {
        let parts = [token, Array(timestamp.utf8), Array(nonce.utf8), Array(encrypted.utf8)]
            .sorted { $0.lexicographicallyPrecedes($1) }
        let digest = Insecure.SHA1.hash(data: parts.flatMap(\.self))
        return String(decoding: Hexadecimal.digits(of: Array(digest).span), as: UTF8.self)
    }

    private func initialVector() throws -> AES._CBC.IV {
        try AES._CBC.IV(ivBytes: key.prefix(16))
    }
}

extension CallbackCrypto: CustomStringConvertible, CustomReflectable {
    /// Without token and key.
    public var description: String { "<callback crypto>" }

    /// Shows nothing of token and key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
