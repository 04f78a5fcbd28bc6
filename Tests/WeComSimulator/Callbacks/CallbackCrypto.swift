import Crypto
import CryptoExtras
import Foundation

/// The encryption of callbacks (wecom.md §2.2), written for the simulator alone so that it checks the product's.
struct CallbackCrypto: Sendable {
    /// A callback that cannot be what it claims to be.
    enum Failure: Error, Equatable {
        case key
        case signature
        case base64
        case padding
        case length
    }

    let token: String
    private let key: SymmetricKey
    private let iv: [UInt8]

    /// - Parameter encodingAESKey: 43 letters and digits; the spare bits of the last one are ignored.
    init(token: String, encodingAESKey: String) throws {
        let characters = Array(encodingAESKey.utf8)
        guard characters.count == 43, characters.allSatisfy(Self.isAlphanumeric),
            let bytes = Data(base64Encoded: Self.canonical(encodingAESKey))
        else { throw Failure.key }
        self.token = token
        key = SymmetricKey(data: bytes)
        iv = Array(bytes.prefix(16))
    }

    func signature(timestamp: String, nonce: String, encrypted: String) -> String {
        let parts = [token, timestamp, nonce, encrypted].map { Array($0.utf8) }
        let sorted = parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
        return Insecure.SHA1.hash(data: sorted).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The base64 text of random, length, message and receiver, padded to a multiple of 32.
    func encrypt(_ message: [UInt8], receiver: String, random: [UInt8] = Self.makeRandom()) throws -> String {
        var plain = random
        plain += bigEndian(UInt32(message.count))
        plain += message
        plain += Array(receiver.utf8)
        let padding = 32 - plain.count % 32
        plain += [UInt8](repeating: UInt8(padding), count: padding)
        let iv = try AES._CBC.IV(ivBytes: iv)
        return try AES._CBC.encrypt(plain, using: key, iv: iv, noPadding: true).base64EncodedString()
    }

    func decrypt(_ encrypted: String) throws -> (message: [UInt8], receiver: String) {
        guard let data = Data(base64Encoded: encrypted), data.count % 16 == 0, !data.isEmpty else {
            throw Failure.base64
        }
        let plain = [UInt8](try AES._CBC.decrypt(data, using: key, iv: AES._CBC.IV(ivBytes: iv), noPadding: true))
        guard let padding = plain.last, (1...32).contains(padding), plain.count - Int(padding) >= 20 else {
            throw Failure.padding
        }
        let content = plain.dropLast(Int(padding))
        let length = content[16..<20].reduce(0) { $0 << 8 | Int($1) }
        guard length <= content.count - 20 else { throw Failure.length }
        let message = Array(content[20..<(20 + length)])
        return (message, String(decoding: content[(20 + length)...], as: UTF8.self))
    }

    func verify(signature: String, timestamp: String, nonce: String, encrypted: String) throws {
        guard signature == self.signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted) else {
            throw Failure.signature
        }
    }

    static func makeRandom() -> [UInt8] { Array(Identifier.random(16).utf8) }

    private func bigEndian(_ length: UInt32) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// The key as strict decoders want it: the last character without its two spare bits.
    private static func canonical(_ key: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        guard let last = key.last, let place = alphabet.firstIndex(of: last) else { return key }
        return key.dropLast() + String(alphabet[place & ~3]) + "="
    }
}
