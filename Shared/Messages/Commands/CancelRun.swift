/// Asks that a run be ended where it stands. Written by the registry, read by the fetcher. Topic `sync.commands.v1`.
public struct CancelRun: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("cancel-run")

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
