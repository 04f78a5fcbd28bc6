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
        let digest = Digest128(of: "\(identityProvider)/\(key.text)")
        // Version 8: a UUID of our own making (RFC 9562 §5.8).
        let high = digest.high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000
        let low = digest.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        self.init(UUID(high: high, low: low))
    }
}
