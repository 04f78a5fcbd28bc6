/// What of the held a run of kind `apply` or `reject` decides about, or what a run of kind `undo` takes back
/// (architecture.md §3.6).
public struct HeldSelection: Codable, Equatable, Sendable {
    /// Objects that can be chosen one by one, at most.
    public static let mostObjects = 500

    /// Only what was held by runs up to this one: what came later nobody has seen when they decided. What is undone is
    /// what this very run did.
    public var upTo: Epoch
    /// Which ones; absent for all of them.
    public var objects: [DirectoryObject]?
    /// Who they are whose user id another human may have by now; absent: nothing is decided about them.
    public var reused: ReuseDecision?

    /// - Parameters:
    ///   - upTo: Only what was held by runs up to this one.
    ///   - objects: Which ones; nil for all of them.
    ///   - reused: Who they are whose user id another human may have by now; nil to decide nothing about them.
    public init(upTo: Epoch, objects: [DirectoryObject]? = nil, reused: ReuseDecision? = nil) {
        self.upTo = upTo
        self.objects = objects
        self.reused = reused
    }
}
