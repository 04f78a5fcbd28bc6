import Kafka
import Logging
import ServiceLifecycle

/// Taking partitions on and giving them up, and what the consumer is told to do with them.
extension StageLoop {
    /// Whether the consumer has to be told something, for which no poll may be under way.
    var hasOrders: Bool { canRelease || !toPause.isEmpty || !toStart.isEmpty }

    private var canRelease: Bool { !owed.isEmpty && !owed.contains { held[$0]?.isHandling ?? false } }

    private var toPause: Set<TopicPartition> {
        Set(held.filter { $0.value.flow != .paused && !$0.value.isRevoked && !isToFlow($0.value) }.keys)
    }

    private var toStart: [TopicPartition: Int64] {
        held.filter { $0.value.flow != .flowing && isToFlow($0.value) }.mapValues(\.position)
    }

    private func isToFlow(_ partition: HeldPartition) -> Bool { !isStopping && partition.isToFlow(settings) }

    mutating func giveOrders() async throws {
        if canRelease { try await release() }
        do {
            let paused = toPause
            try await consumer.pause(paused)
            for partition in paused { held[partition]?.flow = .paused }
            for partition in try await consumer.start(toStart) { held[partition]?.flow = .flowing }
        } catch let error as KafkaError where !error.isFatal {
            // A partition that was lost meanwhile; the next poll says so.
            logger.debug("partitions could not be paused or started", metadata: ["error": "\(error)"])
        }
    }

    /// Nothing of what the group wants back is in hand any more.
    private mutating func release() async throws {
        logger.info("partitions were taken", metadata: ["partitions": .of(owed)])
        await tellRevoked(owed)
        for partition in owed { held[partition] = nil }
        defer { owed = [] }
        do {
            try await consumer.release(owed)
        } catch let error as KafkaError where !error.isFatal {
            logger.warning("partitions could not be given up", metadata: ["error": "\(error)"])
        }
    }

    /// Tells the handler of those that it was told of before.
    func tellRevoked(_ partitions: [TopicPartition]) async {
        let known = partitions.filter { questions[$0] == nil }
        if !known.isEmpty { await work.handler.revoked(known) }
    }

    /// Asks the handler about partitions that are new to it.
    mutating func ask(_ events: inout Events) {
        let due = held.filter { partition, one in
            guard case .asking(let moment) = one.state else { return false }
            return moment <= .now && !one.isRevoked && questions[partition] == nil
        }
        guard !due.isEmpty else { return }
        let asked = due.mapValues(\.id)
        questions.merge(asked) { $1 }
        let asking = Asking(consumer: consumer, handler: work.handler)
        let partitions = asked.keys.sorted()
        events.addTask { [anew = anew.due(partitions)] in
            do {
                return .asked(asked, .success(try await asking.starts(of: partitions, anew: anew)))
            } catch {
                return .asked(asked, .failure(error))
            }
        }
    }

    mutating func take(
        _ result: Result<[TopicPartition: (start: Start, end: Int64)], any Error>,
        to question: [TopicPartition: Int]
    ) async throws {
        for partition in question.keys { questions[partition] = nil }
        // Those that were taken meanwhile are the handler's to forget, though they may have been given again.
        let current = question.filter { held[$0.key]?.id == $0.value }.keys
        let outdated = question.keys.filter { !current.contains($0) }
        if !outdated.isEmpty { await work.handler.revoked(outdated) }
        switch result {
        case .success(let starts):
            for partition in current { begin(partition, starts[partition]) }
            logger.info("partitions were given", metadata: ["partitions": .of(Array(current))])
        case .failure(let error):
            if (error as? KafkaError)?.isFatal ?? false { throw error }
            guard !isStopping else { return }
            logger.warning("partitions cannot be started yet", metadata: ["error": "\(error)"])
            let backoff = settings.backoff
            for partition in current {
                let moment = held[partition]?.fail(at: -1, error, backoff: backoff)
                held[partition]?.state = .asking(notBefore: moment ?? .now)
            }
        }
    }

    private mutating func begin(_ partition: TopicPartition, _ start: (start: Start, end: Int64)?) {
        guard let start else { return }
        held[partition]?.failure = nil
        switch start.start {
        case .at(let offset, let missed, let isCommitted):
            if missed > 0 { tellMissed(missed, of: partition) }
            if anew.take(partition) {
                logger.warning(
                    "a partition is read from its beginning, as told",
                    metadata: ["partition": "\(partition)"]
                )
            }
            held[partition]?.rewind(to: offset)
            held[partition]?.next = offset
            held[partition]?.state = isCommitted ? .reading : .handling
            held[partition]?.uncommitted = isCommitted ? nil : offset
        case .beyond(let position):
            stop(partition, LogWentBack(partition: partition, position: position, end: start.end))
        }
    }

    func tellMissed(_ count: Int64, of partition: TopicPartition) {
        logger.warning(
            "records were gone before they were read, and are passed over",
            metadata: ["partition": "\(partition)", "count": "\(count)"]
        )
    }

    /// Does nothing more with a partition; what is in hand of it comes to its end.
    mutating func stop(_ partition: TopicPartition, _ error: LogWentBack) {
        logger.error("a partition stops", metadata: ["reason": "\(error)"])
        held[partition]?.rewind(to: error.position)
        if held[partition]?.isHandling ?? false {
            held[partition]?.following = .stopped(reason: "\(error)")
        } else {
            held[partition]?.state = .stopped(reason: "\(error)")
        }
    }

    mutating func leave() async {
        questions = [:]
        await tellRevoked(Array(held.keys))
        do {
            try await consumer.close()
            logger.info("left the group")
        } catch {
            // The brokers are away: the group finds out by itself that this member is gone.
            logger.warning("stopped without telling the group", metadata: ["error": "\(error)"])
        }
    }
}

/// The partitions that are read from their logs' beginning, whatever was read: once in the life of the process, so that
/// a rebalance does not do it again.
struct StartingAnew {
    /// By their names on the broker.
    let topics: Set<String>
    private var taken: Set<TopicPartition> = []

    init(topics: Set<String>) { self.topics = topics }

    func due(_ partitions: [TopicPartition]) -> Set<TopicPartition> {
        Set(partitions.filter { topics.contains($0.topic) && !taken.contains($0) })
    }

    /// - Returns: Whether it was due.
    mutating func take(_ partition: TopicPartition) -> Bool {
        topics.contains(partition.topic) && taken.insert(partition).inserted
    }
}

extension Logger.MetadataValue {
    fileprivate static func of(_ partitions: [TopicPartition]) -> Self {
        .array(partitions.sorted().map { .string($0.description) })
    }
}
