import Messages

/// How runs begin, change hands and end.
extension PartitionIntake {
    /// What a ``RunStarted`` means, given what is known.
    enum Start: Equatable {
        /// The run is over, or a newer one is known.
        case ignored
        /// The run is under way; another holder goes on with it.
        case handOver
        /// The run is new to the database.
        case begin(superseding: Epoch?)
        /// The run is under way in the database, and is seen again from its start.
        case resume
    }

    func start(at position: RunPosition, of id: IdentityProviderID, offset: Int64) -> Start {
        guard let source = sources[id], position.epoch > source.finishedEpoch, position.epoch >= source.position.epoch
        else { return .ignored }
        if let run = source.run, position.epoch == source.position.epoch {
            return position.fence > run.fence ? .handOver : .ignored
        }
        if position.epoch == source.position.epoch, let interrupted = source.interrupted {
            return isReplay(offset) && offset == interrupted.startOffset ? .resume : .ignored
        }
        if isReplay(offset) { return .ignored }
        let isUnfinished = source.position.epoch > source.finishedEpoch && source.position.epoch < position.epoch
        return .begin(superseding: isUnfinished ? source.position.epoch : nil)
    }

    mutating func begin(_ run: ActiveRun, at position: RunPosition, superseding: Epoch?, envelope: Envelope) {
        let id = envelope.identityProvider
        mark(id)
        let before = sources[id].map(SourceMark.init)
        sources[id]?.run = run
        sources[id]?.position = position
        sources[id]?.interrupted = nil
        if let superseding { sources[id]?.finishedEpoch = superseding }
        guard let source = sources[id], let before else { return }
        segment.sources[id] = SourceSegment(
            before: before,
            tenant: source.tenant,
            position: position,
            finishedEpoch: source.finishedEpoch,
            run: run.head,
            beginsAt: run.startOffset,
            superseded: superseding,
            counts: run.counts,
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
        sources[id]?.position = position
        segment.sources[id]?.position = position
    }

    /// All of a run has arrived: who is gone is gone, if that is proven.
    mutating func finish(with manifest: FetchManifest, envelope: Envelope, limits: SafetyLimits) {
        guard let run = sources[envelope.identityProvider]?.run else { return }
        let shortcomings = ManifestCheck.shortcomings(of: run, by: manifest)
        var reasons = shortcomings
        if run.counts.users.rejected + run.counts.departments.rejected > 0 {
            reasons.append(
                "\(run.counts.users.rejected) people and \(run.counts.departments.rejected) departments could not be taken."
            )
        }
        end(
            SourceSegment.Ending(
                outcome: shortcomings.isEmpty ? .succeeded : .partial,
                reasons: reasons,
                removals: shortcomings.isEmpty ? RemovalGate(run, limits: limits) : .closed,
                graceDays: limits.graceDays
            ),
            envelope: envelope
        )
    }

    /// A run ends before all was read.
    mutating func abort(_ aborted: RunAborted, envelope: Envelope, limits: SafetyLimits) {
        end(
            SourceSegment.Ending(
                outcome: aborted.outcome,
                reasons: [aborted.reason],
                errorCode: aborted.errorCode,
                removals: .closed,
                graceDays: limits.graceDays
            ),
            envelope: envelope
        )
    }

    private mutating func end(_ ending: SourceSegment.Ending, envelope: Envelope) {
        let id = envelope.identityProvider
        open(id, trace: envelope.trace)
        guard let epoch = sources[id]?.position.epoch else { return }
        sources[id]?.finishedEpoch = epoch
        segment.sources[id]?.finishedEpoch = epoch
        segment.sources[id]?.ending = ending
    }
}
