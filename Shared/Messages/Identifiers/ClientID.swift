public import FoundationEssentials

/// A registered OAuth client, for as long as there is one; what it calls itself is its ``ClientName``.
public struct ClientID: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }
}
