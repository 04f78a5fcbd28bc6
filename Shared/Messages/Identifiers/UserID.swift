import Crypto
public import FoundationEssentials

/// A person in the directory.
///
/// Drawn from the identity provider, its generation and the WeCom account, so that a person who comes back, and a
/// directory that is rebuilt from the topics, get the same id again. By SHA-256, so that nobody can name an account whose
/// id is another's (architecture.md §4, invariant 9).
public struct UserID: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }

    /// - Parameters:
    ///   - key: What identifies the person there.
    ///   - identityProvider: Where the person comes from.
    ///   - generation: Which corp of the identity provider.
    public init(of key: DirectoryKey, in identityProvider: IdentityProviderID, _ generation: Generation) {
        self = UserIDDerivation(of: identityProvider, generation)[key]
    }
}

/// Draws the ids of the people of one generation of an identity provider.
public struct UserIDDerivation: Sendable {
    private var start = SHA256()

    /// - Parameters:
    ///   - identityProvider: Where the people come from.
    ///   - generation: Which corp of the identity provider.
    ///   - reuse: The run that gave them the user ids of others; nil for whoever had theirs first.
    public init(of identityProvider: IdentityProviderID, _ generation: Generation, since reuse: Epoch? = nil) {
        // No part can hold the separators, so that no other parts give the same text.
        let run = reuse.map { "@\($0)" } ?? ""
        start.update(data: Array("\(identityProvider)/\(generation)\(run)/".utf8))
    }

    /// The id of the person with that key.
    public subscript(key: DirectoryKey) -> UserID {
        var hasher = start
        hasher.update(data: Array(key.text.utf8))
        var (high, low): (UInt64, UInt64) = (0, 0)
        for (index, byte) in hasher.finalize().prefix(16).enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        // Version 8: a UUID of our own making (RFC 9562 §5.8).
        return UserID(
            UUID(
                high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000,
                low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
            )
        )
    }
}
