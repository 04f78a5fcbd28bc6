import Kafka
import Messages
import Runtime

/// A partition from when the group gave it to this member until it is given up.
struct HeldPartition {
    /// What is done with it.
    enum State {
        /// The handler is asked where to start, not before that moment.
        case asking(notBefore: ContinuousClock.Instant)
        /// What is read of it is handled as soon as there is room.
        case reading
        /// A batch is in hand, or a start of the handler's own, until it is committed.
        case handling
        /// A batch failed and comes again at that moment.
        case waiting(until: ContinuousClock.Instant)
        /// Its log went back: nothing more is done with it.
        case stopped(reason: String)
    }

    /// What the consumer does with it.
    enum Flow {
        case paused
        /// Reads on at `position`.
        case flowing
        /// Reads on elsewhere: what comes is dropped, until it is paused or sent where it should be.
        case astray
    }

    /// What keeps it from going on, and since when.
    struct Failure {
        /// Where it failed: nothing from here on is handled before this is.
        let offset: Int64
        let attempts: Int
        let firstSeen: Timestamp
        let reason: String
    }

    /// Tells one holding of a partition from the next.
    let id: Int
    var state: State
    var flow = Flow.paused
    /// The next offset to be read.
    var position: Int64 = 0
    /// The next offset to be handled.
    var next: Int64 = 0
    /// Handled up to, and not committed yet.
    var uncommitted: Int64?
    /// The state that follows once what is in hand is committed.
    var following = State.reading
    var backlog = Backlog()
    /// When it joined those that have something to be handled, by the loop's count.
    var turn = 0
    var failure: Failure?
    /// When the first record of what is in hand, or has to come again, was written; nil when unknown.
    var inHand: Int64?
    /// The group wants it back.
    var isRevoked = false
    /// The first offset of a gap since the log was last looked at.
    var gap: Int64?
    /// Whether what came does not fit where it was to be read.
    var isDoubtful = false

    init(id: Int) {
        self.id = id
        state = .asking(notBefore: .now)
    }

    var isHandling: Bool { if case .handling = state { true } else { false } }
    var isReading: Bool { if case .reading = state { true } else { false } }
    var isStopped: Bool { if case .stopped = state { true } else { false } }

    /// When the oldest record was written that is read and not handled, in milliseconds since 1970.
    var oldest: Int64? { inHand ?? backlog.oldest }

    /// Whether a batch can begin.
    var isReady: Bool { isReading && !isRevoked && !backlog.isEmpty }

    /// Whether the consumer is to read it.
    func isToFlow(_ settings: StageSettings) -> Bool {
        guard !isRevoked, isReading || isHandling else { return false }
        return flow == .flowing ? !backlog.isFull(settings) : backlog.isLow(settings)
    }

    /// When it has to be looked at again.
    var due: ContinuousClock.Instant? {
        switch state {
        case .asking(let moment), .waiting(let moment): isRevoked ? nil : moment
        default: nil
        }
    }

    /// Why nothing of it is handled, if that is so.
    var obstacle: String? {
        if case .stopped(let reason) = state { return reason }
        return failure?.reason
    }

    /// Takes what a poll brought. Transactions and compaction leave gaps; what lies before the position is not handled
    /// twice, and shows that the log may have gone back.
    mutating func add(_ records: [Record]) {
        guard flow == .flowing, !isRevoked, isReading || isHandling else { return }
        let new = records.drop { $0.position.offset < position }
        if new.count < records.count { isDoubtful = true }
        guard let first = new.first, let last = new.last else { return }
        if first.position.offset > position { gap = gap ?? position }
        position = last.position.offset + 1
        backlog.add(new)
    }

    /// Forgets what was read, and reads on at `offset` once it is to.
    mutating func rewind(to offset: Int64) {
        backlog.removeAll()
        (position, gap) = (offset, nil)
        if flow == .flowing { flow = .astray }
    }

    /// A batch failed at `offset` for what may pass.
    mutating func fail(at offset: Int64, _ error: any Error, backoff: Backoff) -> ContinuousClock.Instant {
        let known = failure.flatMap { $0.offset == offset ? $0 : nil }
        let attempts = (known?.attempts ?? 0) + 1
        failure = Failure(
            offset: offset,
            attempts: attempts,
            firstSeen: known?.firstSeen ?? .now,
            reason: "\(error)"
        )
        return .now + backoff.delay(attempt: attempts)
    }
}
