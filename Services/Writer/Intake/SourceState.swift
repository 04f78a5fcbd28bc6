import Kafka
import Messages

/// How far an identity provider has come, as far as the writer has read.
struct SourceState {
    let identityProvider: IdentityProviderID
    var standing: SourceStanding
    /// The run under way that the database knows of, until its messages have been read again.
    var interrupted: InterruptedRun?
    /// The run under way.
    var run: ActiveRun?
    /// The run under way, once its reading is over and it waits for what WeCom says of those it missed.
    var asked: AskedState?

    /// A run that was under way when the partition changed hands.
    struct InterruptedRun: Equatable {
        let id: RunID
        /// Where it began.
        let partition: TopicPartition
        let startOffset: Int64
        let counts: RunCounts
        let refusals: Refusals
        let allowance: Allowance?
        let fieldReports: FieldReports
    }

    /// Whether the run waits for answers; whoever asked WeCom, and under which fence, makes no difference.
    func isAsking(_ run: RunID?, at position: RunPosition) -> Bool {
        guard let asked else { return false }
        return asked.head.id == run && position.epoch == standing.position.epoch
    }

    /// Whether a message goes on with a run that began in another partition, as one does that was under way when the topic
    /// got more of them. What the run said there cannot be put before what it says here.
    func hasMoved(_ run: RunID?, at position: RunPosition, to partition: TopicPartition) -> Bool {
        guard self.run == nil, let interrupted, interrupted.id == run else { return false }
        return position.epoch == standing.position.epoch && interrupted.partition != partition
    }

    /// The directory is what the run says.
    mutating func take(_ run: SourceSegment.RunHead) { standing.take(run) }

    /// Nothing of the run is in hand any more.
    mutating func close() { (run, asked) = (nil, nil) }

    /// Whether messages of `position` still count: not of a run that is over, nor of a holder that was
    /// replaced (architecture.md §3).
    func accepts(_ position: RunPosition) -> Bool {
        guard let run else { return false }
        return position.epoch == standing.position.epoch && position.epoch > standing.finishedEpoch
            && position.fence == run.fence
    }
}

/// What the database has of an identity provider, besides its people: put back when a segment could not be committed.
struct SourceStanding: Equatable {
    /// Whose it is: what another tenant says of it changes nothing.
    var tenant: TenantID
    /// The newest run begun, and its newest holder.
    var position = RunPosition(epoch: Epoch(rawValue: 0), fence: Fence(rawValue: 0))
    /// The newest run that is over.
    var finishedEpoch = Epoch(rawValue: 0)
    /// The newest corp of which a run has begun.
    var generation = Generation.first
    /// How its user ids are compared.
    var userIDCase = UserIDCase.insensitive
    /// Whether it was deleted: no run but another deletion is taken any more.
    var isDeleted = false
    /// Whether the database has a row of it.
    var isStored = false

    /// Only a full run brings the people of a new corp.
    mutating func take(_ run: SourceSegment.RunHead) {
        guard run.kind.readsEverything else { return }
        (generation, userIDCase) = (run.terms.generation, run.terms.userIDCase)
    }
}
