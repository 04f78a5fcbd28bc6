import Kafka
import Logging
import Runtime
import ServiceLifecycle

/// Poll, handle, commit: what a stage does from joining its group to leaving it.
struct StageLoop {
    /// How long a poll waits for a first record.
    private static let patience: Duration = .milliseconds(250)
    private static let lagInterval: Duration = .seconds(10)

    let consumer: Consumer
    let work: PartitionWork
    let health: StageHealth
    let logger: Logger
    private var assignment: Assignment
    private var failures: PartitionFailures
    /// The offsets that were handled up to and are not committed yet.
    private var handled: [TopicPartition: Int64] = [:]
    private var commitFailure: String?
    private var nextLag: ContinuousClock.Instant = .now + lagInterval

    init(consumer: Consumer, work: PartitionWork, health: StageHealth, logger: Logger) {
        self.consumer = consumer
        self.work = work
        self.health = health
        self.logger = logger
        assignment = Assignment(backoff: work.settings.backoff)
        failures = PartitionFailures(backoff: work.settings.backoff)
    }

    mutating func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let poll = try await consumer.poll(upTo: work.settings.pollRecords, patience: patience)
            await giveUp(poll.revoked)
            await take(poll.assigned)
            await handle(poll.batches)
            try await commit()
            await retry()
            await showLag()
            health.show(assignment.reason ?? failures.reason ?? commitFailure)
        }
        try await leave()
    }

    /// Wakes up when a partition's wait is over.
    private var patience: Duration {
        guard let next = [failures.nextRetry, assignment.nextAttempt].compactMap(\.self).min() else {
            return Self.patience
        }
        return max(.zero, min(Self.patience, next - .now))
    }

    private mutating func giveUp(_ partitions: [TopicPartition]) async {
        guard !partitions.isEmpty else { return }
        logger.info("partitions were taken", metadata: ["partitions": .of(partitions)])
        for partition in partitions {
            failures.clear(partition)
            handled[partition] = nil
        }
        assignment.remove(partitions)
        await work.handler.revoked(partitions)
    }

    private mutating func take(_ partitions: [TopicPartition]) async {
        assignment.ask(partitions)
        guard let asked = assignment.due(.now) else { return }
        do {
            try await consumer.assign(try await work.handler.assigned(asked))
            assignment.accept()
            logger.info("partitions were given", metadata: ["partitions": .of(asked)])
        } catch {
            logger.warning("partitions cannot be started yet", metadata: ["error": "\(error)"])
            assignment.postpone(error)
        }
    }

    private mutating func handle(_ batches: [PartitionBatch]) async {
        let ready = batches.filter { !failures.isWaiting($0.partition) }
        guard !ready.isEmpty else { return }
        for outcome in await outcomes(of: ready) { await settle(outcome) }
    }

    private func outcomes(of batches: [PartitionBatch]) async -> [PartitionWork.Outcome] {
        let tasks = batches.map { batch in (batch, failures[batch.partition]) }
        guard tasks.count > 1 else { return [await work.handle(tasks[0].0, after: tasks[0].1)] }
        let work = work
        return await withTaskGroup(of: PartitionWork.Outcome.self) { group in
            var rest = tasks.makeIterator()
            func start() {
                guard let (batch, failure) = rest.next() else { return }
                group.addTask { await work.handle(batch, after: failure) }
            }
            for _ in 0..<work.settings.partitionsAtOnce { start() }
            var outcomes: [PartitionWork.Outcome] = []
            for await outcome in group {
                outcomes.append(outcome)
                start()
            }
            return outcomes
        }
    }

    private mutating func settle(_ outcome: PartitionWork.Outcome) async {
        if let next = outcome.next {
            handled[outcome.partition] = next
            failures.clear(outcome.partition)
        }
        guard let (offset, error) = outcome.failure, !Task.isCancelled else { return }
        work.metrics.failed()
        let start = await restart(outcome.partition, after: error)
        let failure = failures.add(outcome.partition, at: start ?? offset, error)
        logger.warning(
            "a batch failed, its partition waits",
            metadata: [
                "partition": "\(outcome.partition)", "offset": "\(offset)", "attempt": "\(failure.attempts)",
                "error": "\(error)",
            ]
        )
        do {
            try await consumer.pause([outcome.partition])
        } catch {
            logger.warning("a partition could not be paused", metadata: ["error": "\(error)"])
        }
    }

    /// Where to read on after an error that says that the handler's own state is out of date: it is
    /// asked as for a new partition.
    private func restart(_ partition: TopicPartition, after error: any Error) async -> Int64? {
        guard error is any OutdatedHandlerState else { return nil }
        await work.handler.revoked([partition])
        do {
            switch try await work.handler.assigned([partition])[partition] {
            case .at(let offset): return offset
            case .beginning: return 0
            case .stored, .end, nil: return nil
            }
        } catch {
            logger.warning("a partition cannot be started anew yet", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Reads partitions again whose wait is over, from where they failed.
    private mutating func retry() async {
        let due = failures.due(.now)
        guard !due.isEmpty else { return }
        do {
            try await consumer.seek(due)
            try await consumer.resume(Set(due.keys))
            for partition in due.keys { failures.resume(partition) }
        } catch {
            logger.warning("partitions could not be resumed", metadata: ["error": "\(error)"])
            for partition in due.keys { failures.postpone(partition) }
        }
    }

    /// What cannot be committed stays to be committed with what comes next, until it is done or the
    /// partition is taken.
    private mutating func commit() async throws {
        guard !handled.isEmpty else { return }
        do {
            try await consumer.commit(handled)
            handled = [:]
            commitFailure = nil
        } catch let error as KafkaError where !error.isFatal {
            logger.warning("the commit failed", metadata: ["error": "\(error)"])
            commitFailure = error.isAssignmentLost ? nil : "\(error)"
        }
    }

    private mutating func showLag() async {
        guard ContinuousClock.now >= nextLag, commitFailure == nil, !Task.isShuttingDownGracefully else { return }
        nextLag = .now + Self.lagInterval
        guard let lag = try? await consumer.lag() else { return }
        work.metrics.show(lag: lag)
    }

    private mutating func leave() async throws {
        if commitFailure == nil { try await commit() }
        await work.handler.revoked(assignment.held)
        do {
            try await consumer.close()
            logger.info("left the group")
        } catch let error as KafkaError where error.code == .timedOut {
            // The brokers are away: the group finds out by itself that this member is gone.
            logger.warning("stopped without telling the group", metadata: ["error": "\(error)"])
        }
    }
}

extension Logger.MetadataValue {
    fileprivate static func of(_ partitions: [TopicPartition]) -> Self {
        .array(partitions.sorted().map { .string($0.description) })
    }
}
