public import FoundationEssentials

/// An enterprise that uses the product.
public struct TenantID: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }
}
