import Messages
import Traces

/// How runs begin, change hands and end.
extension PartitionIntake {
    /// What a ``RunStarted`` means, given what is known.
    enum Start: Equatable {
        /// Nothing: it is seen again, or its holder was replaced.
        case ignored
        /// Nothing is done for the run, and that is told.
        case passed(RunEnd)
        /// The run is over, or another had its number: what is stored of that number says what is told.
        case over
        /// The run is under way; another holder goes on with it.
        case handOver
        /// The run is new to the database.
        case begin
        /// The run is under way in the database, and is seen again from its start.
        case resume
    }

    /// - Parameter run: The run that the message names, and at `position`.
    func start(
        _ started: RunStarted,
        of run: RunID,
        at position: RunPosition,
        _ id: IdentityProviderID,
        offset: Int64
    ) -> Start {
        guard let source = sources[id] else { return .ignored }
        let standing = source.standing
        if isReplay(offset) { return startAgain(source, run, at: position, offset: offset) }
        if position.epoch == standing.position.epoch, position.epoch > standing.finishedEpoch {
            if let asked = source.asked { return asked.head.id == run ? .ignored : .passed(.epochTaken) }
            guard let active = source.run else { return .ignored }
            guard active.id == run else { return .passed(.epochTaken) }
            return position.fence > active.fence ? .handOver : .ignored
        }
        guard position.epoch > standing.position.epoch else { return .over }
        if started.kind != .delete {
            if standing.isDeleted { return .passed(.deleted) }
            if started.terms.generation < standing.generation { return .passed(.pastGeneration) }
        }
        return .begin
    }

    /// What was taken in before means something only to a run that is still under way.
    private func startAgain(_ source: SourceState, _ run: RunID, at position: RunPosition, offset: Int64) -> Start {
        guard position.epoch == source.standing.position.epoch else { return .ignored }
        if let active = source.run {
            return active.id == run && position.fence > active.fence ? .handOver : .ignored
        }
        return source.interrupted?.startOffset == offset ? .resume : .ignored
    }

    mutating func begin(_ run: ActiveRun, at position: RunPosition, envelope: Envelope) {
        let id = envelope.identityProvider
        guard let before = sources[id]?.standing else { return }
        var (standing, run) = (before, run)
        let isUnfinished = before.position.epoch > before.finishedEpoch
        standing.position = position
        if isUnfinished { standing.finishedEpoch = before.position.epoch }
        if !before.isStored { standing.tenant = envelope.tenant }
        let removesPast = run.kind.readsEverything && run.index.pastUsers > 0
        if removesPast {
            run.counts.users.miss(run.index.pastUsers)
            run.counts.users.removed += run.index.pastUsers
        }
        if !run.head.isPlanned { standing.take(run.head) }
        replace(id, with: run)
        sources[id]?.standing = standing
        segment.sources[id] = SourceSegment(
            before: before,
            standing: standing,
            run: run.head,
            beginning: SourceSegment.Beginning(
                offset: run.startOffset,
                time: envelope.time,
                superseded: isUnfinished ? before.position.epoch : nil,
                removesPast: removesPast,
                allowance: run.allowance
            ),
            counts: run.counts,
            refusals: run.refusals,
            trace: envelope.trace
        )
    }

    /// Takes up a run that the database has begun; nothing is written until its messages are seen again.
    mutating func resume(_ run: ActiveRun, of id: IdentityProviderID) {
        sources[id]?.run = run
        sources[id]?.interrupted = nil
    }

    mutating func handOver(to position: RunPosition, envelope: Envelope, isReplay: Bool) {
        let id = envelope.identityProvider
        if isReplay {
            sources[id]?.run?.handOver(to: position.fence)
            return
        }
        open(id, trace: envelope.trace)
        sources[id]?.run?.handOver(to: position.fence)
        sources[id]?.standing.position = position
        segment.sources[id]?.standing.position = position
    }

    /// All of a run has arrived: who is gone is gone, if that is proven; everybody, if that is what the run is for.
    mutating func finish(with manifest: FetchManifest, envelope: Envelope) {
        guard let kind = sources[envelope.identityProvider]?.run?.kind else { return }
        if kind == .delete {
            end(RunEnd(outcome: .succeeded), .everybody, envelope: envelope)
            return
        }
        let id = envelope.identityProvider
        open(id, trace: envelope.trace)
        takePostponed(of: id)
        guard let run = sources[id]?.run else { return }
        segment.sources[id]?.completion = run.completion(with: manifest)
        segment.sources[id]?.time = envelope.time
    }

    /// WeCom has said something of those whom a run missed.
    ///
    /// - Returns: Whether that is new.
    mutating func answer(_ findings: FindingsMapped, envelope: Envelope) -> Bool {
        let id = envelope.identityProvider
        guard var state = sources[id]?.asked, !state.asked.answered.contains(findings.batch),
            0 < findings.batch, findings.batch <= findings.batches
        else { return false }
        // The batches of the log count, whatever a rebuilt directory would ask for; and where either asks for a sample,
        // nobody goes by it.
        state.asked.batches = findings.batches
        state.asked.sampled.formUnion(findings.sampled)
        state.fieldReports.add(findings.fieldProblems)
        openAsked(id, state, trace: envelope.trace)
        segment.sources[id]?.findings = SourceSegment.Answers(state: state, message: findings)
        segment.sources[id]?.time = envelope.time
        return true
    }

    /// A run ends before all that it asked for was answered.
    mutating func endAsking(_ end: RunEnd, envelope: Envelope) {
        let id = envelope.identityProvider
        guard let state = sources[id]?.asked, var standing = sources[id]?.standing else { return }
        openAsked(id, state, trace: envelope.trace)
        standing.finishedEpoch = standing.position.epoch
        sources[id]?.standing = standing
        segment.sources[id]?.standing = standing
        segment.sources[id]?.ending = SourceSegment.Ending(time: envelope.time, end: end)
    }

    /// A run ends before all was read.
    mutating func end(_ end: RunEnd, _ removals: SourceSegment.Removals = .none, envelope: Envelope) {
        let id = envelope.identityProvider
        open(id, trace: envelope.trace)
        guard var standing = sources[id]?.standing, let isDryRun = sources[id]?.run?.isDryRun else { return }
        standing.finishedEpoch = standing.position.epoch
        if removals == .everybody, !isDryRun { standing.isDeleted = true }
        sources[id]?.standing = standing
        segment.sources[id]?.standing = standing
        segment.sources[id]?.ending = SourceSegment.Ending(time: envelope.time, end: end, removals: removals)
    }

    /// Tells that a run is over for which nothing is done here.
    mutating func answer(_ envelope: Envelope, _ end: RunEnd) {
        guard envelope.run != nil else { return }
        let epoch = sources[envelope.identityProvider]?.standing.position.epoch ?? Epoch(rawValue: 0)
        segment.answers.append(Segment.Answer(envelope: envelope, end: end, currentEpoch: epoch))
    }
}

extension RunEnd {
    /// As whoever asked for the end says.
    init(_ aborted: RunAborted) {
        self.init(
            outcome: aborted.outcome,
            reasons: [aborted.reason],
            cause: aborted.cause,
            errorCode: aborted.errorCode
        )
    }
}
