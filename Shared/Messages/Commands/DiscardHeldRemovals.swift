/// Rejects the removals that a run holds back. Written by the registry, read by the writer. Topic `sync.commands.v1`.
public struct DiscardHeldRemovals: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("discard-held-removals")

    /// Which run.
    public var run: RunID
    /// Which run of the identity provider.
    public var epoch: Epoch

    /// - Parameters:
    ///   - run: Which run.
    ///   - epoch: Which run of the identity provider.
    public init(run: RunID, epoch: Epoch) {
        self.run = run
        self.epoch = epoch
    }
}
