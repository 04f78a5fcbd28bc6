public import FoundationEssentials

/// One message, however often it is delivered (`ce_id`).
public struct EventID: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }
}
