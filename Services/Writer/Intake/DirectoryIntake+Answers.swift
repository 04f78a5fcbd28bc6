import Kafka
import Messages
import Pipeline
import Postgres

/// How runs are answered for which nothing is done (architecture.md §3.3), and how records are passed over.
extension DirectoryIntake {
    /// Tells once more how a run ended, or that another had its number.
    ///
    /// - Parameter end: What is told where nothing is remembered of that number.
    func answerAgain(_ envelope: Envelope, unlessKnown end: RunEnd, on partition: TopicPartition) async throws {
        guard let position = envelope.position else { return }
        guard let stored = try await store.run(at: position.epoch, of: envelope.identityProvider) else {
            partitions[partition]?.answer(envelope, end)
            return
        }
        if stored.id != envelope.run {
            partitions[partition]?.answer(envelope, .epochTaken)
        } else if let end = stored.end {
            partitions[partition]?.answer(envelope, end)
        }
    }

    /// Answers the end of a run that is not under way: one that never began, or was over before. That of a holder who
    /// was replaced is passed over.
    func answerUnbegun(
        _ envelope: Envelope,
        at position: RunPosition,
        _ end: RunEnd,
        on partition: TopicPartition
    ) async throws {
        guard let source = partitions[partition]?.sources[envelope.identityProvider] else { return }
        let standing = source.standing
        if position.epoch > standing.position.epoch {
            partitions[partition]?.answer(envelope, end)
        } else if position.epoch < standing.position.epoch || standing.finishedEpoch == standing.position.epoch {
            try await answerAgain(envelope, unlessKnown: .epochPassed, on: partition)
        }
    }

    /// Passes over a record, and has the run to which it belongs know that something is missing.
    func refuse(_ rejection: Rejection, letter: OutgoingRecord) async throws {
        let record = rejection.record
        let partition = record.position.topicPartition
        let isReplay = isReplay(record)
        if !isReplay { partitions[partition]?.segment.letters.append(letter) }
        if let envelope = try? Envelope(reading: record.header) {
            try await refuse(envelope, rejection.reason, isReplay: isReplay, on: partition)
        }
        partitions[partition]?.pass(record.position.offset)
        // An ended run leaves nothing to be added to.
        if partitions[partition]?.segment.sources.values.contains(where: { $0.ending != nil }) ?? false {
            try await commit(partition)
        }
    }

    private func refuse(
        _ envelope: Envelope,
        _ reason: String,
        isReplay: Bool,
        on partition: TopicPartition
    ) async throws {
        guard let position = envelope.position, envelope.run != nil else { return }
        let id = envelope.identityProvider
        try await meet(envelope, on: partition)
        let isStart = envelope.type == RunStarted.type
        let isEnd = envelope.type == RunMapped.type || envelope.type == RunAborted.type
        if isForeign(envelope, on: partition) {
            if isStart, !isReplay { partitions[partition]?.answer(envelope, .foreignTenant) }
        } else if isStart {
            guard !isReplay else { return }
            if isOfNextHolder(envelope, on: partition) {
                partitions[partition]?.end(.unreadable(reason), envelope: envelope)
            } else if partitions[partition]?.sources[id]?.run?.id != envelope.run {
                partitions[partition]?.answer(envelope, .unreadable(reason))
            }
        } else if isAsking(envelope, at: position, on: partition), !isReplay {
            let isAwaited = isEnd || envelope.type == FindingsMapped.type
            if isAwaited { partitions[partition]?.endAsking(.unreadable(reason), envelope: envelope) }
        } else if isEnd {
            guard !isReplay else { return }
            guard accepts(position, of: id, on: partition) else {
                return try await answerUnbegun(envelope, at: position, .unreadable(reason), on: partition)
            }
            partitions[partition]?.end(.unreadable(reason), envelope: envelope)
        } else if accepts(position, of: id, on: partition) {
            // Which page it was cannot be read: they come one after the other.
            let isPage = [UserBatch.type, DepartmentBatch.type, UnchangedPages.type, PageRefused.type]
                .contains(envelope.type)
            let page = isPage ? partitions[partition]?.sources[id]?.run.map { $0.page + 1 } : nil
            partitions[partition]?.refuse(page: page, reason, envelope: envelope, isReplay: isReplay)
        }
    }
}
