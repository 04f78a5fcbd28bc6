/// How far an identity provider has come: which run, and which holder of it.
///
/// Who comes late with a lower pair is ignored (architecture.md §3).
public struct RunPosition: Hashable, Codable, Comparable, Sendable, CustomStringConvertible {
    /// Which run.
    public var epoch: Epoch
    /// Which holder of the run.
    public var fence: Fence

    /// - Parameters:
    ///   - epoch: Which run.
    ///   - fence: Which holder of the run.
    public init(epoch: Epoch, fence: Fence) {
        self.epoch = epoch
        self.fence = fence
    }

    /// Both numbers, such as `7.2`.
    public var description: String { "\(epoch).\(fence)" }

    /// Orders by epoch, then by fence.
    public static func < (one: RunPosition, other: RunPosition) -> Bool {
        (one.epoch, one.fence) < (other.epoch, other.fence)
    }
}
