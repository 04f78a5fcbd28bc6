import Crypto
import FoundationEssentials

/// The keys that seal secrets at rest, from `SEALING_KEYS`: the first seals, any of them opens.
///
/// Rotation: put a new key behind the old one everywhere, then in front of it, let everything be resealed by it
/// (``reseal(_:context:by:)``), then drop the old key.
public struct SealingKeys: Sendable {
    private let keys: [String: SymmetricKey]

    /// The ids of all keys, in the order in which they are given.
    public let keyIDs: [String]

    /// The id of the key that seals.
    public let sealingKeyID: String

    /// Parses `kid:base64[,kid:base64…]`; each key is 32 bytes, ids are 1 to 32 letters, digits, `-` or `_`.
    ///
    /// Throws a ``SealingError`` that names the entry and never shows a key.
    public init(_ text: String) throws {
        let entries = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        var keys: [String: SymmetricKey] = [:]
        var ids: [String] = []
        for (position, entry) in zip(1..., entries) {
            let (id, key) = try Self.parse(entry, position: position)
            guard keys.updateValue(key, forKey: id) == nil else { throw SealingError.duplicateKeyID(id) }
            ids.append(id)
        }
        guard let first = ids.first else { throw SealingError.noKeys }
        self.keys = keys
        self.keyIDs = ids
        self.sealingKeyID = first
    }

    private static func parse(_ entry: String, position: Int) throws -> (String, SymmetricKey) {
        let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw SealingError.malformedKey(position: position) }
        guard isKeyID(parts[0]) else { throw SealingError.badKeyID(position: position) }
        let id = String(parts[0])
        guard let key = Data(base64Encoded: String(parts[1])) else { throw SealingError.keyNotBase64(keyID: id) }
        guard key.count == 32 else { throw SealingError.wrongKeyLength(keyID: id, bytes: key.count) }
        return (id, SymmetricKey(data: key))
    }

    static func isKeyID(_ text: some StringProtocol) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Seals a secret with the first key.
    ///
    /// - Parameter context: What the secret belongs to, such as `idp/<id>/app-secret`. It is not stored: only who gives
    ///   the same context can open the secret again, so a sealed secret that is copied elsewhere is of no use there.
    public func seal(_ secret: Secret, context: String) throws -> SealedSecret {
        try seal(secret, context: context, by: sealingKeyID)
    }

    private func seal(_ secret: Secret, context: String, by keyID: String) throws -> SealedSecret {
        guard let key = keys[keyID] else { throw SealingError.unknownKey(keyID: keyID) }
        let box = try secret.withValue { value in
            try AES.GCM.seal(
                Data(value.utf8),
                using: key,
                authenticating: Self.associatedData(keyID: keyID, context: context)
            )
        }
        return SealedSecret(keyID: keyID, box: Array(box.nonce) + box.ciphertext + box.tag)
    }

    /// Opens a secret with whichever key sealed it.
    ///
    /// Throws ``SealingError/unknownKey(keyID:)`` or ``SealingError/cannotOpen(keyID:)``.
    public func open(_ sealed: SealedSecret, context: String) throws -> Secret {
        guard let key = keys[sealed.keyID] else { throw SealingError.unknownKey(keyID: sealed.keyID) }
        do {
            let plain = try AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed.box),
                using: key,
                authenticating: Self.associatedData(keyID: sealed.keyID, context: context)
            )
            return Secret(String(decoding: plain, as: UTF8.self))
        } catch {
            throw SealingError.cannotOpen(keyID: sealed.keyID)
        }
    }

    /// Opens a secret and seals it with another key; one that this key has sealed comes back as it is.
    ///
    /// - Parameter keyID: The key, which need not be the first: while copies with other first keys run side by side,
    ///   each can do it.
    ///
    /// Throws as ``open(_:context:)``, and ``SealingError/unknownKey(keyID:)`` when the key is not among these.
    public func reseal(_ sealed: SealedSecret, context: String, by keyID: String) throws -> SealedSecret {
        guard sealed.keyID != keyID else { return sealed }
        return try seal(open(sealed, context: context), context: context, by: keyID)
    }

    /// Key id and context; an id holds no line feed, so that no two pairs look alike.
    private static func associatedData(keyID: String, context: String) -> Data {
        Data("\(SealedSecret.version)\n\(keyID)\n\(context)".utf8)
    }
}

extension SealingKeys: CustomStringConvertible, CustomReflectable {
    /// The ids, without the keys.
    public var description: String {
        "sealing keys \(keyIDs.joined(separator: ", "))"
    }

    /// Shows nothing of the keys.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
