public import FoundationEssentials

/// One synchronization of one identity provider.
public struct RunID: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }
}
