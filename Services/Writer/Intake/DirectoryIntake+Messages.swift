import Kafka
import Logging
import Messages
import Pipeline
import Postgres

/// What each kind of message does.
extension DirectoryIntake {
    func take(_ message: IncomingMessage, on partition: TopicPartition) async throws {
        let envelope = message.envelope
        guard let position = envelope.position, envelope.run != nil else {
            throw message.undecodable("it belongs to no run")
        }
        try await meet(envelope, on: partition)
        switch envelope.type {
        case RunStarted.type:
            try await start(try message.decode(RunStarted.self), message, at: position, on: partition)
        case DepartmentBatch.type, UserBatch.type, UnchangedPages.type:
            try takeRecords(message, at: position, on: partition)
        case RunMapped.type, RunAborted.type:
            try await end(message, at: position, on: partition)
        default:
            throw message.undecodable("\(envelope.type) is not known here")
        }
        partitions[partition]?.pass(message.record.position.offset)
    }

    /// Learns of an identity provider that was not met since the partition was taken on.
    private func meet(_ envelope: Envelope, on partition: TopicPartition) async throws {
        let id = envelope.identityProvider
        guard partitions[partition]?.sources[id] == nil else { return }
        let source = try await store.source(id, of: envelope.tenant)
        partitions[partition]?.sources[id] = source
    }

    private func start(
        _ started: RunStarted,
        _ message: IncomingMessage,
        at position: RunPosition,
        on partition: TopicPartition
    ) async throws {
        let envelope = message.envelope
        let offset = message.record.position.offset
        guard let start = partitions[partition]?.start(at: position, of: envelope.identityProvider, offset: offset)
        else { return }
        switch start {
        case .ignored: return
        case .handOver:
            let isReplay = isReplay(message.record)
            partitions[partition]?.handOver(to: position, envelope: envelope, isReplay: isReplay)
        case .begin(let superseding):
            try await commit(partition)
            guard let run = try await makeRun(started, envelope, at: position, offset: offset) else { return }
            partitions[partition]?.begin(run, at: position, superseding: superseding, envelope: envelope)
            logger.info("a run begins", metadata: .run(envelope))
        case .resume:
            guard var run = try await makeRun(started, envelope, at: position, offset: offset, isUnderWay: true)
            else { return }
            let counts = partitions[partition]?.sources[envelope.identityProvider]?.interrupted?.counts
            run.counts = counts ?? RunCounts()
            partitions[partition]?.resume(run, of: envelope.identityProvider)
            logger.info("a run is seen again from its start", metadata: .run(envelope))
        }
    }

    private func makeRun(
        _ started: RunStarted,
        _ envelope: Envelope,
        at position: RunPosition,
        offset: Int64,
        isUnderWay: Bool = false
    ) async throws -> ActiveRun? {
        let id = envelope.identityProvider
        guard configurations.configuration(id) != nil else {
            // Deleted since: a run of it has nothing to write any more.
            logger.info("a run of a deleted identity provider is passed over", metadata: .run(envelope))
            return nil
        }
        _ = try await configurations.wait(for: id, revision: started.configurationRevision, within: .seconds(30))
        guard let run = envelope.run else { return nil }
        return ActiveRun(
            id: run,
            kind: started.kind,
            isDryRun: started.isDryRun,
            requestedAt: started.requestedAt,
            startOffset: offset,
            fence: position.fence,
            index: try await SourceIndex.load(
                id,
                writtenAt: isUnderWay ? started.requestedAt : nil,
                from: database
            )
        )
    }

    private func takeRecords(_ message: IncomingMessage, at position: RunPosition, on partition: TopicPartition) throws
    {
        let envelope = message.envelope
        guard accepts(position, of: envelope.identityProvider, on: partition),
            let connection = configurations.configuration(envelope.identityProvider)?.connection
        else { return }
        let isReplay = isReplay(message.record)
        switch envelope.type {
        case UserBatch.type:
            let batch = try message.decode(UserBatch.self)
            partitions[partition]?.take(batch, envelope: envelope, connection: connection, isReplay: isReplay)
        case UnchangedPages.type:
            let unchanged = try message.decode(UnchangedPages.self)
            partitions[partition]?.take(unchanged, envelope: envelope, isReplay: isReplay)
        default:
            let batch = try message.decode(DepartmentBatch.self)
            partitions[partition]?.take(batch, envelope: envelope, isReplay: isReplay)
        }
    }

    // Asked for piecemeal, since a copy of the partition's state would have its index copied on the next write.

    private func isReplay(_ record: Record) -> Bool {
        partitions[record.position.topicPartition]?.isReplay(record.position.offset) ?? false
    }

    private func accepts(_ position: RunPosition, of id: IdentityProviderID, on partition: TopicPartition) -> Bool {
        partitions[partition]?.sources[id]?.accepts(position) ?? false
    }

    private func end(_ message: IncomingMessage, at position: RunPosition, on partition: TopicPartition) async throws {
        let envelope = message.envelope
        let offset = message.record.position.offset
        guard !isReplay(message.record), accepts(position, of: envelope.identityProvider, on: partition) else { return }
        let limits = configurations.configuration(envelope.identityProvider)?.safetyLimits ?? SafetyLimits()
        if envelope.type == RunMapped.type {
            let manifest = try message.decode(RunMapped.self).manifest
            partitions[partition]?.finish(with: manifest, envelope: envelope, limits: limits)
        } else {
            let aborted = try message.decode(RunAborted.self)
            partitions[partition]?.abort(aborted, envelope: envelope, limits: limits)
        }
        partitions[partition]?.pass(offset)
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
