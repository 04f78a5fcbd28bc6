import Kafka
import Messages

/// What one transaction does: the messages of one partition up to an offset, as rows.
struct Segment {
    let partition: TopicPartition
    /// Where the partition stands in the database before.
    let expectedOffset: Int64
    /// Where it stands after.
    var nextOffset: Int64
    var sources: [IdentityProviderID: SourceSegment] = [:]

    var isEmpty: Bool { nextOffset == expectedOffset }
}

/// What one transaction does to one identity provider.
struct SourceSegment {
    /// What the database has to say before, else somebody else was here.
    let before: SourceMark
    let tenant: TenantID
    /// The state after.
    var position: RunPosition
    var finishedEpoch: Epoch
    /// The run that the rows belong to.
    var run: RunHead
    /// Whether the run begins in this segment.
    var beginsAt: Int64?
    /// A run that never ended and gives way to this one.
    var superseded: Epoch?
    var users = UserChanges()
    var departments: [Int64: DepartmentChange] = [:]
    /// What pages became; `nil` for one that is to be forgotten.
    var pages: [PageID: StoredPage?] = [:]
    var counts: RunCounts
    var ending: Ending?
    var trace: TraceContext

    /// A department to be written.
    struct DepartmentChange {
        var record: DepartmentRecord
        var action: ActiveRun.Action
    }

    /// How the run ends.
    struct Ending {
        var outcome: RunOutcome
        var reasons: [String]
        var errorCode: Int?
        var removals: RemovalGate
        var graceDays: Int
    }

    /// What is known of the run itself.
    struct RunHead {
        let id: RunID
        let kind: RunSync.Kind
        let isDryRun: Bool
        let requestedAt: Timestamp
    }
}
