/// A run is over, and this is what became of it. Every run is answered, also one that was passed over. Written by the
/// writer, and by the fetcher for runs that never reach it; read by the registry and the fetcher. Topic
/// `sync.progress.v1`.
public struct RunFinished: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("run-finished")

    /// How it ended.
    public var outcome: RunOutcome
    /// What it did.
    public var counts: RunCounts
    /// Why it did not succeed, a sentence each.
    public var reasons: [String]
    /// Fields that could not be taken.
    public var fieldReports: [FieldReport]
    /// Why it ended other than by doing its work, for programs that act on it.
    public var cause: RunEndCause?
    /// WeCom's error code, if that was it.
    public var errorCode: Int?
    /// The highest epoch of the identity provider that the teller knows: a registry that was restored from a backup
    /// goes on from it.
    public var currentEpoch: Epoch
    /// Whether the directory holds exactly what the run read, so that the next one can go on from it: every page was
    /// taken or proven, nothing was refused or withheld.
    public var isBasis: Bool
    /// How many people and departments somebody has to decide about now, whichever run held them; `nil` where
    /// nobody says.
    public var stillHeld: Int?
    /// When it was over.
    public var finishedAt: Timestamp

    /// All of it at once.
    public init(
        outcome: RunOutcome,
        counts: RunCounts,
        reasons: [String] = [],
        fieldReports: [FieldReport] = [],
        cause: RunEndCause? = nil,
        errorCode: Int? = nil,
        currentEpoch: Epoch,
        isBasis: Bool = false,
        stillHeld: Int? = nil,
        finishedAt: Timestamp
    ) {
        self.outcome = outcome
        self.counts = counts
        self.reasons = reasons
        self.fieldReports = fieldReports
        self.cause = cause
        self.errorCode = errorCode
        self.currentEpoch = currentEpoch
        self.isBasis = isBasis
        self.stillHeld = stillHeld
        self.finishedAt = finishedAt
    }
}
