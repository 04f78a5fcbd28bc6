public import FoundationEssentials

/// Which life of a directory: one that was rebuilt, or restored from a backup, draws a new one, so that its readers
/// take all of it anew (architecture.md §4, invariant 2).
public struct Incarnation: Identifier {
    /// The UUID itself.
    public let uuid: UUID

    /// - Parameter uuid: The UUID itself.
    public init(_ uuid: UUID) { self.uuid = uuid }
}
