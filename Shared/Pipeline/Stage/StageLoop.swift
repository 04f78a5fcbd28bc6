import Kafka
import Logging
import Runtime
import ServiceLifecycle

/// Poll, handle, commit: what a stage does from joining its group to leaving it.
struct StageLoop {
    /// How long a poll waits for a first record.
    private static let patience: Duration = .milliseconds(250)
    private static let lagInterval: Duration = .seconds(10)

    /// What is read while others are handled comes together for so long: a poll for each record would cost more.
    private static let gathering: Duration = .milliseconds(5)

    private enum Event: Sendable {
        case polled(Poll)
        case handled(PartitionWork.Outcome)
    }

    private typealias Events = ThrowingTaskGroup<Event, any Error>

    let consumer: Consumer
    let work: PartitionWork
    let settings: StageSettings
    let health: StageHealth
    let logger: Logger
    private var assignment: Assignment
    private var failures: PartitionFailures
    private var backlog: Backlog
    /// The partitions of which a batch is being handled.
    private var busy: Set<TopicPartition> = []
    private var isPolling = false
    /// Partitions that failed since the last poll, and are read on until the next one.
    private var toPause: Set<TopicPartition> = []
    /// The offsets that were handled up to and are not committed yet.
    private var handled: [TopicPartition: Int64] = [:]
    private var commitFailure: String?
    private var nextLag: ContinuousClock.Instant = .now + lagInterval

    init(
        consumer: Consumer,
        work: PartitionWork,
        settings: StageSettings,
        health: StageHealth,
        logger: Logger
    ) {
        self.consumer = consumer
        self.work = work
        self.settings = settings
        self.health = health
        self.logger = logger
        assignment = Assignment(backoff: settings.backoff)
        failures = PartitionFailures(backoff: settings.backoff)
        backlog = Backlog(settings: settings)
    }

    /// Reads on while batches are handled, so that no partition waits for what another has to do.
    mutating func run() async throws {
        try await withThrowingTaskGroup(of: Event.self) { events in
            try await readOn(&events)
            while let event = try await events.next() {
                switch event {
                case .handled(let outcome):
                    await settle(outcome)
                    // What was handled is committed before the group can take it away.
                    if isPolling { consumer.interruptPoll() }
                case .polled(let poll):
                    isPolling = false
                    try await giveUp(poll.revoked, &events)
                    await take(poll.assigned)
                    // What failed is read again from there.
                    for batch in poll.batches where !failures.isWaiting(batch.partition) { backlog.add(batch) }
                }
                startHandling(&events)
                try await readOn(&events)
            }
        }
        try await leave()
    }

    private var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    private mutating func startHandling(_ events: inout Events) {
        guard !isStopping else { return }
        while busy.count < settings.partitionsAtOnce,
            let batch = backlog.next(where: { !busy.contains($0) && !failures.isWaiting($0) })
        {
            busy.insert(batch.partition)
            events.addTask { [work, failure = failures[batch.partition]] in
                .handled(await work.handle(batch, after: failure))
            }
        }
    }

    /// Polls, unless a poll is under way or there is enough to do; all else that concerns the consumer is done just
    /// before, since it would have to wait for the poll.
    private mutating func readOn(_ events: inout Events) async throws {
        guard !isPolling, !isStopping, !backlog.isFull else { return }
        try await commit()
        await pause()
        await retry()
        await showLag()
        health.show(assignment.reason ?? failures.reason ?? commitFailure)
        isPolling = true
        let gathering = busy.isEmpty ? .zero : Self.gathering
        events.addTask { [consumer, patience, limit = settings.pollRecords] in
            .polled(try await consumer.poll(upTo: limit, patience: patience, gathering: gathering))
        }
    }

    /// Wakes up when a partition's wait is over.
    private var patience: Duration {
        guard let next = [failures.nextRetry, assignment.nextAttempt].compactMap(\.self).min() else {
            return Self.patience
        }
        return max(.zero, min(Self.patience, next - .now))
    }

    /// Lets what is in hand of the partitions come to its end, and forgets the rest.
    private mutating func giveUp(_ partitions: [TopicPartition], _ events: inout Events) async throws {
        guard !partitions.isEmpty else { return }
        logger.info("partitions were taken", metadata: ["partitions": .of(partitions)])
        for partition in partitions { backlog.remove(partition) }
        while !busy.isDisjoint(with: partitions), case .handled(let outcome)? = try await events.next() {
            await settle(outcome)
        }
        for partition in partitions {
            failures.clear(partition)
            toPause.remove(partition)
            handled[partition] = nil
        }
        assignment.remove(partitions)
        await work.handler.revoked(partitions)
    }

    private mutating func take(_ partitions: [TopicPartition]) async {
        assignment.ask(partitions)
        guard let asked = assignment.due(.now) else { return }
        do {
            try await consumer.assign(try await work.handler.assigned(asked.map { AssignedPartition($0) }))
            assignment.accept()
            logger.info("partitions were given", metadata: ["partitions": .of(asked)])
        } catch {
            logger.warning("partitions cannot be started yet", metadata: ["error": "\(error)"])
            assignment.postpone(error)
        }
    }

    private mutating func settle(_ outcome: PartitionWork.Outcome) async {
        busy.remove(outcome.partition)
        if let next = outcome.next {
            handled[outcome.partition] = next
            failures.clear(outcome.partition)
        }
        guard let (offset, error) = outcome.failure, !Task.isCancelled else { return }
        work.metrics.failed()
        backlog.remove(outcome.partition)
        toPause.insert(outcome.partition)
        let failure = failures.add(outcome.partition, at: offset, error)
        // Its state in memory is of no use: as for a partition that is new, it says where to start.
        if failure.isOutdated { await work.handler.revoked([outcome.partition]) }
        logger.warning(
            "a batch failed, its partition waits",
            metadata: [
                "partition": "\(outcome.partition)", "offset": "\(offset)", "attempt": "\(failure.attempts)",
                "error": "\(error)",
            ]
        )
    }

    private mutating func pause() async {
        guard !toPause.isEmpty else { return }
        do {
            try await consumer.pause(toPause)
            toPause = []
        } catch {
            logger.warning("partitions could not be paused", metadata: ["error": "\(error)"])
        }
    }

    /// Reads partitions again whose wait is over, from where they failed.
    private mutating func retry() async {
        var starts: [TopicPartition: Int64] = [:]
        for (partition, failure) in failures.due(.now) {
            starts[partition] = await start(of: partition, after: failure)
        }
        guard !starts.isEmpty else { return }
        do {
            try await consumer.seek(starts)
            try await consumer.resume(Set(starts.keys))
            for partition in starts.keys { failures.resume(partition) }
            toPause.subtract(starts.keys)
        } catch {
            logger.warning("partitions could not be resumed", metadata: ["error": "\(error)"])
            for partition in starts.keys { failures.postpone(partition) }
        }
    }

    /// Where to read on after a failure; `nil` while a handler whose state was out of date cannot say.
    private mutating func start(
        of partition: TopicPartition,
        after failure: PartitionFailures.Failure
    ) async -> Int64? {
        guard failure.isOutdated else { return failure.offset }
        do {
            switch try await work.handler.assigned([AssignedPartition(partition)])[partition] {
            case .at(let offset): return offset
            case .beginning: return 0
            case .stored, .end, nil: return failure.offset
            }
        } catch {
            logger.warning("a partition cannot be started anew yet", metadata: ["error": "\(error)"])
            failures.postpone(partition)
            return nil
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
