import Kafka
import Messages

/// What is known of one partition: how far it has come, and the runs under way on it.
struct PartitionIntake {
    let partition: TopicPartition
    /// The next offset that the database does not have yet; messages before it are only seen again.
    private(set) var nextOffset: Int64
    var sources: [IdentityProviderID: SourceState] = [:]
    var segment: Segment
    private var marks: [IdentityProviderID: Mark] = [:]

    private struct Mark {
        let source: SourceMark
        let run: ActiveRun.Mark?
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
            before: marks[id]?.source ?? SourceMark(source),
            tenant: source.tenant,
            position: source.position,
            finishedEpoch: source.finishedEpoch,
            run: run.head,
            counts: run.counts,
            trace: trace
        )
    }

    /// Notes how an identity provider stands, so that ``rollBack()`` can put it back.
    mutating func mark(_ id: IdentityProviderID) {
        guard marks[id] == nil, let source = sources[id] else { return }
        marks[id] = Mark(source: SourceMark(source), run: source.run?.mark)
    }

    /// The segment is in the database.
    mutating func commit() {
        for (id, part) in segment.sources {
            sources[id]?.isStored = true
            sources[id]?.run?.index.commit()
            if part.ending != nil { sources[id]?.run = nil }
        }
        marks.removeAll()
        nextOffset = segment.nextOffset
        segment = Segment(partition: partition, expectedOffset: nextOffset, nextOffset: nextOffset)
    }

    /// The segment is not in the database: everything is as it was before it.
    mutating func rollBack() {
        for (id, mark) in marks {
            sources[id]?.position = mark.source.position
            sources[id]?.finishedEpoch = mark.source.finishedEpoch
            if let run = mark.run, sources[id]?.run?.id == run.id {
                sources[id]?.run?.restore(run)
            } else {
                sources[id]?.run = nil
            }
        }
        marks.removeAll()
        segment = Segment(partition: partition, expectedOffset: nextOffset, nextOffset: nextOffset)
    }
}
