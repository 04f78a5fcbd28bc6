public import FoundationEssentials

/// One connection of a tenant to a WeCom.
public struct IdentityProviderID: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }
}
