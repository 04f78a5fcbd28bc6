import Kafka
import Messages
import Traces

/// What is known of one partition: how far it has come, and the runs under way on it.
struct PartitionIntake {
    let partition: TopicPartition
    /// The next offset that the database does not have yet; messages before it are only seen again.
    private(set) var nextOffset: Int64
    var sources: [IdentityProviderID: SourceState] = [:]
    var segment: Segment
    private var marks: [IdentityProviderID: Mark] = [:]

    private struct Mark {
        let standing: SourceStanding
        let interrupted: SourceState.InterruptedRun?
        let run: ActiveRun.Mark?
        let asked: AskedState?
        /// The run that gave way to another one.
        var replaced: ActiveRun?
    }

    init(partition: TopicPartition, nextOffset: Int64) {
        self.partition = partition
        self.nextOffset = nextOffset
        segment = Segment(partition: partition, expectedOffset: nextOffset, nextOffset: nextOffset)
    }

    /// Whether the database has the message at `offset` already.
    func isReplay(_ offset: Int64) -> Bool { offset < nextOffset }

    /// The message at `offset` is dealt with.
    mutating func pass(_ offset: Int64) {
        guard !isReplay(offset) else { return }
        segment.nextOffset = offset + 1
    }

    /// Opens the segment's part for an identity provider, before anything of it is changed.
    mutating func open(_ id: IdentityProviderID, trace: TraceContext) {
        guard segment.sources[id] == nil, let source = sources[id], let run = source.run else { return }
        mark(id)
        segment.sources[id] = SourceSegment(
            before: source.standing,
            standing: source.standing,
            run: run.head,
            counts: run.counts,
            refusals: run.refusals,
            fieldReports: run.fieldReports,
            trace: trace
        )
    }

    /// As ``open(_:trace:)``, for a run whose reading is over.
    mutating func openAsked(_ id: IdentityProviderID, _ state: AskedState, trace: TraceContext) {
        guard segment.sources[id] == nil, let source = sources[id] else { return }
        mark(id)
        segment.sources[id] = SourceSegment(
            before: source.standing,
            standing: source.standing,
            run: state.head,
            counts: state.counts,
            refusals: Refusals(),
            fieldReports: state.fieldReports,
            trace: trace
        )
    }

    /// Notes how an identity provider stands, so that ``rollBack()`` can put it back.
    mutating func mark(_ id: IdentityProviderID) {
        guard marks[id] == nil, let source = sources[id] else { return }
        marks[id] = Mark(
            standing: source.standing,
            interrupted: source.interrupted,
            run: source.run?.mark,
            asked: source.asked
        )
    }

    /// Puts a run in the place of the one that is under way; the segment has nothing of that one.
    mutating func replace(_ id: IdentityProviderID, with run: ActiveRun) {
        mark(id)
        marks[id]?.replaced = sources[id]?.run
        sources[id]?.run = run
        sources[id]?.interrupted = nil
        sources[id]?.asked = nil
    }

    /// The segment is in the database.
    ///
    /// - Parameter outcomes: What became of runs of which all had arrived, or that were answered.
    mutating func commit(_ outcomes: [IdentityProviderID: RunOutcomeInHand]) {
        for (id, part) in segment.sources {
            sources[id]?.standing.isStored = true
            sources[id]?.run?.index.commit()
            if part.ending != nil { sources[id]?.close() }
            switch outcomes[id] {
            case .asking(let state):
                sources[id]?.run = nil
                sources[id]?.asked = state
            case .over, .carriedOut:
                if outcomes[id] == .carriedOut { sources[id]?.take(part.run) }
                sources[id]?.close()
                if let epoch = sources[id]?.standing.position.epoch { sources[id]?.standing.finishedEpoch = epoch }
            case nil: break
            }
        }
        marks.removeAll()
        nextOffset = segment.nextOffset
        segment = Segment(partition: partition, expectedOffset: nextOffset, nextOffset: nextOffset)
    }

    /// The segment is not in the database: everything is as it was before it.
    mutating func rollBack() {
        for (id, mark) in marks {
            sources[id]?.standing = mark.standing
            sources[id]?.interrupted = mark.interrupted
            sources[id]?.asked = mark.asked
            if let run = mark.run, sources[id]?.run?.id == run.id {
                sources[id]?.run?.restore(run)
            } else {
                sources[id]?.run = mark.replaced
            }
        }
        marks.removeAll()
        segment = Segment(partition: partition, expectedOffset: nextOffset, nextOffset: nextOffset)
    }
}
