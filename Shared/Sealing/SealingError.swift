/// What went wrong with keys or sealed secrets. No case carries a key or a secret.
public enum SealingError: Error, Equatable {
    /// The list of keys is empty.
    case noKeys

    /// The entry at this position (from 1) is not `kid:base64`.
    case malformedKey(position: Int)

    /// The id of the entry at this position (from 1) is not 1 to 32 of `A-Z a-z 0-9 _ -`.
    case badKeyID(position: Int)

    /// The key is not base64.
    case keyNotBase64(keyID: String)

    /// The key is not 32 bytes long.
    case wrongKeyLength(keyID: String, bytes: Int)

    /// Two keys share an id.
    case duplicateKeyID(String)

    /// A stored secret is not of the form `v1.kid.base64url`.
    case malformedSecret

    /// The secret was sealed with a key that is not in the list.
    case unknownKey(keyID: String)

    /// The key does not open the secret: another key under the same id, another context, or changed bytes.
    case cannotOpen(keyID: String)
}

extension SealingError: CustomStringConvertible {
    /// A sentence fit for a log and for a configuration error.
    public var description: String {
        switch self {
        case .noKeys:
            "no sealing keys are given: give kid:base64[,kid:base64…], each key 32 random bytes"
        case .malformedKey(let position):
            "sealing key number \(position) is not of the form kid:base64"
        case .badKeyID(let position):
            "the id of sealing key number \(position) must be 1 to 32 letters, digits, - or _"
        case .keyNotBase64(let keyID):
            "sealing key '\(keyID)' is not base64"
        case .wrongKeyLength(let keyID, let bytes):
            "sealing key '\(keyID)' is \(bytes) bytes long instead of 32"
        case .duplicateKeyID(let keyID):
            "two sealing keys are called '\(keyID)'"
        case .malformedSecret:
            "a sealed secret is not of the form v1.kid.base64url"
        case .unknownKey(let keyID):
            "a secret was sealed with key '\(keyID)', which is not among the sealing keys"
        case .cannotOpen(let keyID):
            "key '\(keyID)' does not open the secret: the key, the context or the bytes differ from when it was sealed"
        }
    }
}
