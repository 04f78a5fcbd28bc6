import Kafka
import Messages
import Pipeline
import Traces

/// What one transaction does: the messages of one partition up to an offset, as rows.
struct Segment {
    let partition: TopicPartition
    /// Where the partition stands in the database before.
    let expectedOffset: Int64
    /// Where it stands after.
    var nextOffset: Int64
    var sources: [IdentityProviderID: SourceSegment] = [:]
    /// What is told of runs that nothing is done for.
    var answers: [Answer] = []
    /// The records that are passed over, as they go to the dead letters.
    var letters: [OutgoingRecord] = []
    /// Of which of them the stage does not hear.
    var setAside = ReasonCounts()

    var isEmpty: Bool { nextOffset == expectedOffset }

    /// The end of a run, told to whoever asked for it.
    struct Answer {
        /// The envelope of the message that is answered.
        let envelope: Envelope
        let end: RunEnd
        let currentEpoch: Epoch
    }
}

/// What one transaction does to one identity provider.
struct SourceSegment {
    /// What the database has to say before, else somebody else was here.
    let before: SourceStanding
    /// The state after.
    var standing: SourceStanding
    /// The run that the rows belong to.
    var run: RunHead
    /// What there is to do where the run begins in this segment.
    var beginning: Beginning?
    var users = UserChanges()
    var departments: [Int64: DepartmentChange] = [:]
    /// What pages became; `nil` for one that is to be forgotten.
    var pages: [PageID: StoredPage?] = [:]
    /// Whose records could not be taken, by the keys of their rows, with WeCom's spelling.
    var rejected: [DirectoryObject: String] = [:]
    var counts: RunCounts
    var refusals: Refusals
    var fieldReports = FieldReports()
    var ending: Ending?
    /// All of the run has arrived: the transaction finds out who is missing, and whether anybody is asked for.
    var completion: RunCompletion?
    /// Answers to what the run asked for.
    var findings: Answers?
    /// When the message came that completes the run, or answers it.
    var time = Timestamp.now
    var trace: TraceContext

    /// A department to be written.
    struct DepartmentChange {
        var record: DepartmentRecord
        var action: ActiveRun.Action
    }

    /// How the run begins.
    struct Beginning {
        let offset: Int64
        /// When its first message was written.
        let time: Timestamp
        /// A run that never ended and gives way to this one.
        let superseded: Epoch?
        /// Whether there are people of an earlier corp, who go now.
        let removesPast: Bool
        let allowance: Allowance
    }

    /// How the run ends.
    struct Ending {
        /// When its last message was written: the grace period of who is removed begins then.
        let time: Timestamp
        /// But for the counts, which the segment has.
        var end: RunEnd
        var removals = Removals.none
    }

    /// Answers to what a run asked for.
    struct Answers {
        let state: AskedState
        let message: FindingsMapped
    }

    /// Who goes with the run's end.
    enum Removals: Equatable {
        case none
        case everybody
    }

    /// What is known of the run itself.
    struct RunHead: Equatable {
        let id: RunID
        let kind: RunSync.Kind
        let target: RunTarget?
        let selection: HeldSelection?
        let isDryRun: Bool
        /// The run whose plan it carries out, if it does.
        var plan: Epoch?
        let terms: RunTerms
        let requestedAt: Timestamp

        /// Whether it writes to the directory at its end alone, or not at all (``PlanWriting``).
        var isPlanned: Bool { isDryRun || plan != nil }

        /// Whether people's telephone numbers and addresses are told.
        var tellsContacts: Bool { terms.tellsContactDetails == true }

        /// Since which revision of the settings.
        var contactsSince: Int64? { terms.contactDetailsSince?.rawValue }
    }
}
