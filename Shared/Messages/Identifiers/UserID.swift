public import FoundationEssentials

/// A person in the directory.
///
/// Derived from the identity provider and the WeCom account, so that a person who comes back, and a
/// directory that is rebuilt from the topics, get the same id again.
public struct UserID: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }

    /// - Parameters:
    ///   - identityProvider: Where the person comes from.
    ///   - key: What identifies the person there.
    public init(of key: DirectoryKey, in identityProvider: IdentityProviderID) {
        self = UserIDDerivation(of: identityProvider)[key]
    }

    fileprivate init(_ digest: ContentDigest) {
        // Version 8: a UUID of our own making (RFC 9562 §5.8).
        let high = digest.high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
        let low = digest.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        self.init(UUID(high: high, low: low))
    }
}

/// Derives the ids of the people of one identity provider.
public struct UserIDDerivation: Sendable {
    private var start = MurmurHash3()

    /// - Parameter identityProvider: Where the people come from.
    public init(of identityProvider: IdentityProviderID) {
        let prefix = "\(identityProvider)/".utf8
        start.combine(prefix.span)
    }

    /// The id of the person with that key.
    public subscript(key: DirectoryKey) -> UserID {
        var hasher = start
        let text = key.text.utf8
        hasher.combine(text.span)
        return UserID(hasher.finalize())
    }
}
