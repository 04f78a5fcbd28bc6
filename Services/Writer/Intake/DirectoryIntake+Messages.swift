import Failures
import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import Traces

/// What each kind of message does.
extension DirectoryIntake {
    /// - Parameter isDoubtful: Whether people are looked for in it who cannot be stored.
    func take(_ record: Record, isDoubtful: Bool) async throws {
        do {
            try await take(IncomingMessage(record), isDoubtful: isDoubtful)
        } catch let error as UndecodableMessage {
            let rejection = Rejection(record: record, failure: error)
            if !isReplay(record), attempt == nil {
                partitions[record.position.topicPartition]?.segment.setAside.add(rejection.cause)
            }
            try await refuse(rejection, letter: DeadLetters.letter(rejection, stage: Self.stage))
        }
        partitions[record.position.topicPartition]?.pass(record.position.offset)
    }

    private func take(_ message: IncomingMessage, isDoubtful: Bool) async throws {
        let (envelope, partition) = (message.envelope, message.record.position.topicPartition)
        guard let position = envelope.position, envelope.run != nil else {
            throw message.undecodable(WriterRefusal.noRun, "it belongs to no run")
        }
        try await meet(envelope, on: partition)
        guard !isForeign(envelope, on: partition) else {
            throw message.undecodable(WriterRefusal.foreignTenant, "the identity provider belongs to another tenant")
        }
        try await abandonMoved(message, at: position)
        switch envelope.type {
        case RunStarted.type: try await start(try message.decode(RunStarted.self), message, at: position)
        case DepartmentBatch.type, UserBatch.type, UnchangedPages.type, PageRefused.type:
            try await takeRecords(message, at: position, isDoubtful: isDoubtful)
        case RunMapped.type, RunAborted.type: try await end(message, at: position)
        case FindingsMapped.type: try await takeFindings(message, at: position)
        default: throw message.undecodable(ReadingRefusal.unknownType, "\(envelope.type) is not known here")
        }
    }

    /// Learns of an identity provider that was not met since the partition was taken on.
    func meet(_ envelope: Envelope, on partition: TopicPartition) async throws {
        let id = envelope.identityProvider
        guard partitions[partition]?.sources[id] == nil else { return }
        let source = try await store.source(id, of: envelope.tenant)
        partitions[partition]?.sources[id] = source
    }

    /// Ends a run that began in another partition: it is answered, and the next one goes on here.
    private func abandonMoved(_ message: IncomingMessage, at position: RunPosition) async throws {
        let (envelope, partition) = (message.envelope, message.record.position.topicPartition)
        let id = envelope.identityProvider
        guard !isReplay(message.record),
            partitions[partition]?.sources[id]?.hasMoved(envelope.run, at: position, to: partition) ?? false
        else { return }
        try await commit(partition)
        try await database.transaction { [positions] connection in
            try positions.abandonRun(at: position.epoch, of: id, on: connection)
        }
        logger.warning("a run goes on in another partition, and is ended", metadata: .run(envelope))
        partitions[partition]?.sources[id] = nil
        try await meet(envelope, on: partition)
        afterCommit()
    }

    func isForeign(_ envelope: Envelope, on partition: TopicPartition) -> Bool {
        guard let standing = partitions[partition]?.sources[envelope.identityProvider]?.standing else { return false }
        // One that has no run yet is whose run comes first.
        return standing.position.epoch > Epoch(rawValue: 0) && standing.tenant != envelope.tenant
    }

    private func start(_ started: RunStarted, _ message: IncomingMessage, at position: RunPosition) async throws {
        let (envelope, partition) = (message.envelope, message.record.position.topicPartition)
        let (id, offset) = (envelope.identityProvider, message.record.position.offset)
        guard let run = envelope.run,
            let start = partitions[partition]?.start(started, of: run, at: position, id, offset: offset)
        else { return }
        switch start {
        case .ignored: return
        case .passed(let end):
            partitions[partition]?.answer(envelope, end)
            logger.info("a run is passed over", metadata: .run(envelope))
        case .over:
            let isDeleted = partitions[partition]?.sources[id]?.standing.isDeleted ?? false
            let end: RunEnd = isDeleted && started.kind != .delete ? .deleted : .epochPassed
            try await answerAgain(envelope, unlessKnown: end, on: partition)
        case .handOver:
            let isReplay = isReplay(message.record)
            partitions[partition]?.handOver(to: position, envelope: envelope, isReplay: isReplay)
        case .begin:
            try await commit(partition)
            let new = try await makeRun(started, run, id, at: position, offset: offset)
            partitions[partition]?.begin(new, at: position, envelope: envelope)
            logger.info("a run begins", metadata: .run(envelope))
        case .resume:
            let interrupted = partitions[partition]?.sources[id]?.interrupted
            let again = try await makeRun(started, run, id, at: position, offset: offset, after: interrupted)
            partitions[partition]?.resume(again, of: id)
            logger.info("a run is seen again from its start", metadata: .run(envelope))
        }
    }

    /// - Parameter interrupted: What the run has done already.
    private func makeRun(
        _ started: RunStarted,
        _ run: RunID,
        _ id: IdentityProviderID,
        at position: RunPosition,
        offset: Int64,
        after interrupted: SourceState.InterruptedRun? = nil
    ) async throws -> ActiveRun {
        let selection = IndexSelection(started)
        let index = try await SourceIndex.load(
            id,
            selection,
            started.terms,
            at: started.requestedAt,
            writtenAt: interrupted == nil ? nil : started.requestedAt,
            from: database
        )
        return ActiveRun(
            id: run,
            kind: started.kind,
            target: started.target,
            selection: started.selection,
            isDryRun: started.isDryRun,
            plan: started.plan,
            terms: started.terms,
            requestedAt: started.requestedAt,
            startOffset: offset,
            fence: position.fence,
            allowance: try await allowance(
                of: started,
                in: id,
                present: selection == .all ? index.present : nil,
                after: interrupted
            ),
            counts: interrupted?.counts ?? RunCounts(),
            refusals: interrupted?.refusals ?? Refusals(),
            fieldReports: interrupted?.fieldReports ?? FieldReports(),
            index: index
        )
    }

    /// How many may lose access by a run: what was fixed when it began, but for what it has taken since.
    ///
    /// - Parameter present: How many people and departments have access, where that is known.
    private func allowance(
        of started: RunStarted,
        in id: IdentityProviderID,
        present: (users: Int, departments: Int)?,
        after interrupted: SourceState.InterruptedRun?
    ) async throws -> Allowance {
        try await database.transaction { connection in
            if var allowance = interrupted?.allowance {
                allowance.users -= try Losses.taken(of: id, at: started.requestedAt, on: connection)
                return allowance
            }
            let present = try present ?? SourceStore.present(id, started.terms.generation, on: connection)
            let losses = try Losses.recent(of: id, before: started.requestedAt, on: connection)
            return Allowance(started.terms.safetyLimits, present: present, after: losses)
        }
    }

    /// Takes in what WeCom said of those whom a run missed; each batch once, whoever answered it.
    private func takeFindings(_ message: IncomingMessage, at position: RunPosition) async throws {
        let (envelope, partition) = (message.envelope, message.record.position.topicPartition)
        guard !isReplay(message.record) else { return }
        let findings = try message.decode(FindingsMapped.self)
        guard isAsking(envelope, at: position, on: partition) else { return }
        guard partitions[partition]?.answer(findings, envelope: envelope) ?? false else { return }
        partitions[partition]?.pass(message.record.position.offset)
        try await commit(partition)
    }

    /// Takes in what belongs to the run under way. Of what does not, it is still seen whether it can be read: a page that
    /// cannot is told of, whoever wrote it.
    private func takeRecords(
        _ message: IncomingMessage,
        at position: RunPosition,
        isDoubtful: Bool
    ) async throws {
        let (envelope, partition) = (message.envelope, message.record.position.topicPartition)
        let isTaken = accepts(position, of: envelope.identityProvider, on: partition)
        let isReplay = isReplay(message.record)
        guard isTaken || !isReplay else { return }
        switch envelope.type {
        case UserBatch.type:
            let batch = try message.decode(UserBatch.self)
            guard isTaken else { return }
            let refused = try isDoubtful && !isReplay ? batch.peopleWithNullCharacters() : Set()
            let good = batch.rejecting(refused)
            try await distrustDamaged(good.users, good.fields, envelope, on: partition)
            partitions[partition]?.take(good, envelope: envelope, isReplay: isReplay)
            if !refused.isEmpty { setAside(refused.count, of: batch, message) }
        case UnchangedPages.type:
            let unchanged = try message.decode(UnchangedPages.self)
            guard isTaken else { return }
            partitions[partition]?.take(unchanged, envelope: envelope, isReplay: isReplay)
        case PageRefused.type:
            let refused = try message.decode(PageRefused.self)
            guard isTaken else { return }
            // A page whose number could not be read shows itself as a gap.
            let page = refused.page > 0 ? refused.page : nil
            partitions[partition]?.refuse(
                page: page,
                of: refused.origin?.department,
                refused.reason,
                envelope: envelope,
                isReplay: isReplay
            )
        default:
            let batch = try message.decode(DepartmentBatch.self)
            guard isTaken else { return }
            try await distrustDamaged(batch.departments, envelope, on: partition)
            partitions[partition]?.take(batch, envelope: envelope, isReplay: isReplay)
        }
    }

    /// Sets a page aside of which people cannot be stored, who count as rejected; the others are taken.
    private func setAside(_ count: Int, of batch: UserBatch, _ message: IncomingMessage) {
        let partition = message.record.position.topicPartition
        let rejection = Rejection(
            record: message.record,
            reason: "a text holds the character U+0000, which PostgreSQL cannot",
            cause: RejectionCause(DatabaseRefusal.refusedByDatabase)
        )
        if attempt == nil { partitions[partition]?.segment.setAside.add(rejection.cause) }
        let letter = DeadLetters.letter(rejection, stage: Self.stage)
        tellMissing(count, of: batch, message.envelope, because: rejection.reason, letter: letter, on: partition)
    }

    // Asked for piecemeal, since a copy of the partition's state would have its index copied on the next write.

    func isReplay(_ record: Record) -> Bool {
        partitions[record.position.topicPartition]?.isReplay(record.position.offset) ?? false
    }

    func accepts(_ position: RunPosition, of id: IdentityProviderID, on partition: TopicPartition) -> Bool {
        partitions[partition]?.sources[id]?.accepts(position) ?? false
    }

    func isAsking(_ envelope: Envelope, at position: RunPosition, on partition: TopicPartition) -> Bool {
        partitions[partition]?.sources[envelope.identityProvider]?.isAsking(envelope.run, at: position) ?? false
    }

    /// Whether it is of the run under way, and of a holder whose beginning never came: the one before is gone.
    func isOfNextHolder(_ envelope: Envelope, on partition: TopicPartition) -> Bool {
        guard let position = envelope.position, let source = partitions[partition]?.sources[envelope.identityProvider]
        else { return false }
        return position.epoch == source.standing.position.epoch && envelope.run == source.run?.id
            && position > source.standing.position
    }

    private func end(_ message: IncomingMessage, at position: RunPosition) async throws {
        let (envelope, partition) = (message.envelope, message.record.position.topicPartition)
        guard !isReplay(message.record) else { return }
        let mapped = envelope.type == RunMapped.type ? try message.decode(RunMapped.self) : nil
        let aborted = mapped == nil ? RunEnd(try message.decode(RunAborted.self)) : nil
        if let aborted, isAsking(envelope, at: position, on: partition) {
            // A holder who was replaced has no say any more.
            let standing = partitions[partition]?.sources[envelope.identityProvider]?.standing
            guard position.fence >= standing?.position.fence ?? position.fence else { return }
            partitions[partition]?.endAsking(aborted, envelope: envelope)
            partitions[partition]?.pass(message.record.position.offset)
            return try await commit(partition)
        }
        let isHolder = accepts(position, of: envelope.identityProvider, on: partition)
        guard isHolder || isOfNextHolder(envelope, on: partition) else {
            return try await answerUnbegun(envelope, at: position, aborted ?? .unbegun, on: partition)
        }
        if let mapped, isHolder {
            partitions[partition]?.finish(with: mapped.manifest, envelope: envelope)
        } else {
            partitions[partition]?.end(aborted ?? .unbegun, envelope: envelope)
        }
        partitions[partition]?.pass(message.record.position.offset)
        try await commit(partition)
        logger.info("a run is over", metadata: .run(envelope))
    }
}

extension Logger.Metadata {
    /// What a log line says of the run that it is about.
    static func run(_ envelope: Envelope) -> Logger.Metadata {
        [
            "tenant": "\(envelope.tenant)", "idp": "\(envelope.identityProvider)",
            "run": "\(envelope.run.map(\.description) ?? "-")",
            "position": "\(envelope.position.map(\.description) ?? "-")", "trace": "\(envelope.trace.traceID)",
        ]
    }
}
