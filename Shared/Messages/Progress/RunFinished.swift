/// A run is over, and this is what it did. Written by the writer, read by the registry and the
/// fetcher. Topic `sync.progress.v1`.
public struct RunFinished: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("run-finished")

    /// How it ended.
    public var outcome: RunOutcome
    /// What it did.
    public var counts: RunCounts
    /// Why it did not succeed, a sentence each.
    public var reasons: [String]
    /// WeCom's error code, if that was it.
    public var errorCode: Int?
    /// When it was over.
    public var finishedAt: Timestamp

    /// All of it at once.
    public init(
        outcome: RunOutcome,
        counts: RunCounts,
        reasons: [String] = [],
        errorCode: Int? = nil,
        finishedAt: Timestamp
    ) {
        self.outcome = outcome
        self.counts = counts
        self.reasons = reasons
        self.errorCode = errorCode
        self.finishedAt = finishedAt
    }
}
