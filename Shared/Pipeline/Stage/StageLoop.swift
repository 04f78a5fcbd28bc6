import Failures
import Kafka
import Logging
import Runtime
import ServiceLifecycle

/// Poll, handle, commit: what a stage does from joining its group to leaving it.
///
/// The loop itself waits for nothing but what happens next: the poll, the handler, its answers, the commits and the
/// questions to the brokers are tasks beside it. What a partition is in at a time is its ``HeldPartition/State``.
struct StageLoop {
    /// How long a poll waits for a first record.
    private static let patience: Duration = .milliseconds(250)
    /// What is read while others are handled comes together for so long: a poll for each record would cost more.
    private static let gathering: Duration = .milliseconds(5)
    /// How long what is in hand has for its end when the stage is to stop.
    static let stoppingTime: Duration = .seconds(5)

    typealias Events = ThrowingTaskGroup<StageEvent, any Error>

    let consumer: Consumer
    let work: PartitionWork
    let settings: StageSettings
    let health: StageHealth
    let logger: Logger
    var held: [TopicPartition: HeldPartition] = [:]
    /// The partitions that the handler is asked about at this moment, as of which holding.
    var questions: [TopicPartition: Int] = [:]
    /// What the group wants back.
    var owed: [TopicPartition] = []
    /// The partitions that are to start at their logs' beginning, whatever was read: each once.
    var anew: StartingAnew
    var commits: Commits
    var looks: Looks
    private var isPolling = false
    private var turns = 0
    private var lastID = 0
    /// The last that librdkafka complained of.
    private var trouble: KafkaError?
    private var stopsAt: ContinuousClock.Instant?

    init(
        consumer: Consumer,
        work: PartitionWork,
        settings: StageSettings,
        anew: StartingAnew,
        health: StageHealth,
        logger: Logger
    ) {
        self.consumer = consumer
        self.work = work
        self.settings = settings
        self.anew = anew
        self.health = health
        self.logger = logger
        commits = Commits(backoff: settings.backoff)
        looks = Looks(interval: settings.lookInterval)
    }

    /// Runs until it is asked to stop and nothing is in hand.
    ///
    /// - Throws: What ends the consumer or the handler for good; the handler was told that all is taken then.
    mutating func run() async throws {
        do {
            try await withThrowingTaskGroup(of: StageEvent.self) { events in
                while try await prepare(&events), let event = try await events.next() {
                    try await take(event)
                    if isPolling, hasOrders { consumer.interruptPoll() }
                }
                events.cancelAll()
            }
        } catch {
            questions = [:]
            await tellRevoked(Array(held.keys))
            throw error
        }
        await leave()
    }

    var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    /// Begins all that can begin.
    ///
    /// - Returns: Whether there is anything to wait for.
    private mutating func prepare(_ events: inout Events) async throws -> Bool {
        if !isStopping { endWaits() }
        if !isPolling { try await giveOrders() }
        if isStopping {
            let isBusy = held.values.contains(where: \.isHandling)
            if !isBusy, !isPolling { return false }
            if !isBusy { consumer.interruptPoll() }
            stopsAt = stopsAt ?? .now + Self.stoppingTime
            if let stopsAt, stopsAt <= .now { events.cancelAll() }
        } else {
            ask(&events)
            handle(&events)
            look(&events)
            health.show(obstacle)
        }
        commit(&events)
        if !isPolling { poll(&events) }
        return true
    }

    private mutating func poll(_ events: inout Events) {
        isPolling = true
        let gathering = held.values.contains(where: \.isHandling) ? Self.gathering : .zero
        events.addTask { [consumer, patience, limit = settings.pollRecords] in
            .polled(try await consumer.poll(upTo: limit, patience: patience, gathering: gathering))
        }
    }

    /// Wakes up when something is due.
    private var patience: Duration {
        // What could not be started is tried again soon.
        guard !isStopping, !hasOrders else { return .milliseconds(20) }
        let due =
            held.filter { questions[$0.key] == nil }.compactMap(\.value.due) + [commits.notBefore].compactMap(\.self)
        return due.map { max(.zero, $0 - .now) }.min().map { min($0, Self.patience) } ?? Self.patience
    }

    private mutating func take(_ event: StageEvent) async throws {
        switch event {
        case .polled(let poll):
            isPolling = false
            take(poll)
        case .asked(let question, let result): try await take(result, to: question)
        case .handled(let outcome): try await take(outcome)
        case .committed(let offsets, let error): try take(error, for: offsets)
        case .looked(let positions, let result): take(result, at: positions)
        }
    }

    private mutating func take(_ poll: Poll) {
        note(poll)
        for partition in poll.revoked {
            // What this member does not hold any more is for others to tell.
            work.metrics.show(lag: 0, of: partition)
            work.metrics.show(oldest: nil, of: partition)
            held[partition]?.isRevoked = true
            held[partition]?.backlog.removeAll()
        }
        owed += poll.revoked
        for partition in poll.assigned {
            lastID += 1
            held[partition] = HeldPartition(id: lastID)
        }
        for batch in poll.batches {
            let wasEmpty = held[batch.partition]?.backlog.isEmpty ?? false
            held[batch.partition]?.add(batch.records)
            if wasEmpty { queue(batch.partition) }
        }
    }

    /// Remembers what librdkafka complains of: until this member joins, and that the right to the topic is missing, which
    /// ends no membership and is told but once, until something of the topic is given or read.
    private mutating func note(_ poll: Poll) {
        let isTold = poll.trouble?.code == .topicNotAuthorized
        guard consumer.isMember, !isTold else { return trouble = poll.trouble ?? trouble }
        let isGranted = !poll.records.isEmpty || !poll.assigned.isEmpty
        if isGranted || trouble?.code != .topicNotAuthorized { trouble = nil }
    }

    /// The partition comes after those that have something to be handled already.
    private mutating func queue(_ partition: TopicPartition) {
        turns += 1
        held[partition]?.turn = turns
    }

    /// Hands out batches, of the partitions first that have waited longest.
    private mutating func handle(_ events: inout Events) {
        let settings = settings
        var busy = held.values.count { $0.isHandling && $0.uncommitted == nil }
        while busy < settings.partitionsAtOnce,
            let partition = held.filter(\.value.isReady).min(by: { $0.value.turn < $1.value.turn })?.key,
            let records = held[partition]?.backlog.next(settings)
        {
            busy += 1
            held[partition]?.state = .handling
            held[partition]?.inHand = records.first.flatMap { $0.timestamp > 0 ? $0.timestamp : nil }
            queue(partition)
            let batch = PartitionBatch(partition: partition, records: records)
            events.addTask { [work, failure = held[partition]?.failure] in
                .handled(await work.handle(batch, after: failure))
            }
        }
    }

    private mutating func take(_ outcome: PartitionWork.Outcome) async throws {
        let partition = outcome.partition
        if let next = outcome.next {
            held[partition]?.uncommitted = next
            held[partition]?.next = next
            held[partition]?.failure = nil
            held[partition]?.inHand = nil
        }
        if let (offset, error) = outcome.failure { try await fail(partition, at: offset, error) }
        if outcome.next == nil { settle(partition) }
    }

    /// What was in hand has come to its end, and is committed as far as it was handled.
    mutating func settle(_ partition: TopicPartition) {
        guard let following = held[partition]?.following else { return }
        held[partition]?.state = following
        held[partition]?.following = .reading
    }

    private mutating func fail(_ partition: TopicPartition, at offset: Int64, _ error: any Error) async throws {
        if FailureClass(of: error) == .fatal { throw error }
        let backoff = settings.backoff
        held[partition]?.rewind(to: offset)
        guard !isStopping, let until = held[partition]?.fail(at: offset, error, backoff: backoff) else {
            return
        }
        work.metrics.failed()
        held[partition]?.following = .waiting(until: until)
        if error is any OutdatedHandlerState {
            await work.handler.revoked([partition])
            held[partition]?.following = .asking(notBefore: until)
        }
        logger.warning(
            "a batch failed, its partition waits",
            metadata: [
                "partition": "\(partition)", "offset": "\(offset)", "error": "\(error)",
                "attempt": "\(held[partition]?.failure?.attempts ?? 1)",
            ]
        )
    }

    private mutating func endWaits() {
        for (partition, one) in held {
            if case .waiting(let moment) = one.state, moment <= .now { held[partition]?.state = .reading }
        }
    }

    /// What keeps the stage from its work, in one line.
    private var obstacle: String? {
        let partitions = held.sorted { $0.key < $1.key }
        if let stopped = partitions.first(where: \.value.isStopped)?.value.obstacle { return stopped }
        if let (partition, one) = partitions.first(where: { $0.value.failure != nil }), let reason = one.obstacle {
            return "\(partition): \(reason)"
        }
        if let failure = commits.failure { return "cannot commit: \(failure)" }
        if !consumer.isMember {
            return "no member of its group" + (trouble.map { ": \($0)" } ?? " yet")
        }
        if let trouble { return "\(trouble)" }
        return looks.failure.map { "the brokers cannot be asked: \($0)" }
    }
}

/// What happens beside a stage's loop.
enum StageEvent: Sendable {
    case polled(Poll)
    case asked([TopicPartition: Int], Result<[TopicPartition: (start: Start, end: Int64)], any Error>)
    case handled(PartitionWork.Outcome)
    case committed([TopicPartition: Int64], (any Error)?)
    case looked([TopicPartition: Int64], Result<[TopicPartition: LogEnds], any Error>)
}
