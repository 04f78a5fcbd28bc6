import Kafka
import KafkaTesting
import Logging

/// A consumer of a test and what it has been told so far. It starts where its group has committed, and gives up at once
/// what the group wants back.
struct Member {
    let consumer: Consumer
    private(set) var records: [Record] = []
    private(set) var held: Set<TopicPartition> = []
    private(set) var revoked: [TopicPartition] = []
    /// Was given, but where it starts the brokers could not tell yet.
    private var unplaced: Set<TopicPartition> = []
    /// Where to start is told, but the partitions could not start yet.
    private var starting: [TopicPartition: Int64] = [:]
    private let start: @Sendable (TopicPartition, Place) -> Int64?
    private var keepsRevoked: Bool

    /// - Parameters:
    ///   - keepsRevoked: Whether what the group wants back is only given up by hand.
    ///   - start: Where to start; `nil` leaves a partition alone.
    init(
        of group: String = "readers",
        on cluster: MockCluster,
        topics: [String] = ["people"],
        instanceID: String? = nil,
        keepsRevoked: Bool = false,
        settings: [String: String] = [:],
        start: @escaping @Sendable (TopicPartition, Place) -> Int64? = { $1.committed ?? $1.ends.low }
    ) throws {
        // The mock answers joins only after 3 s, so a session must be longer than that.
        let defaults = ["session.timeout.ms": "6000", "heartbeat.interval.ms": "500"]
        try self.init(
            of: group,
            topics: topics,
            instanceID: instanceID,
            keepsRevoked: keepsRevoked,
            settings: cluster.settings.merging(defaults) { $1 }.merging(settings) { $1 },
            start: start
        )
    }

    init(
        of group: String,
        topics: [String],
        instanceID: String? = nil,
        keepsRevoked: Bool = false,
        settings: [String: String],
        start: @escaping @Sendable (TopicPartition, Place) -> Int64? = { $1.committed ?? $1.ends.low }
    ) throws {
        consumer = try Consumer(
            topics: topics,
            group: group,
            instanceID: instanceID,
            settings: settings,
            logger: Broker.quiet
        )
        self.keepsRevoked = keepsRevoked
        self.start = start
    }

    /// Polls once and notes what came; returns it, too.
    @discardableResult
    mutating func poll(upTo limit: Int = 1_000, patience: Duration = .milliseconds(50)) async throws -> Poll {
        try await place()
        try await startAssigned()
        let poll = try await consumer.poll(upTo: limit, patience: patience)
        try await note(poll)
        return poll
    }

    /// Asks where partitions that were assigned start; again at the next poll, as a stage does, where no broker answers.
    private mutating func place() async throws {
        do {
            for (partition, place) in try await consumer.places(of: unplaced.sorted()) {
                starting[partition] = start(partition, place)
            }
            unplaced = []
        } catch let error as KafkaError where error.isRetriable {}
    }

    /// Starts partitions that were assigned, as far as they can start yet.
    mutating func startAssigned() async throws {
        for partition in try await consumer.start(starting) { starting[partition] = nil }
    }

    /// Notes what came of a poll of the consumer.
    mutating func note(_ poll: Poll) async throws {
        records += poll.records
        revoked += poll.revoked
        if !poll.revoked.isEmpty, !keepsRevoked { try await release(poll.revoked) }
        held.formUnion(poll.assigned)
        unplaced.formUnion(poll.assigned)
        try await place()
    }

    /// Gives up what the group wanted back.
    mutating func release(_ partitions: [TopicPartition]) async throws {
        held.subtract(partitions)
        unplaced.subtract(partitions)
        for partition in partitions { starting[partition] = nil }
        try await consumer.release(partitions)
    }

    /// Gives up all that the group wants back, and from now on at once.
    mutating func releaseKept() async throws {
        keepsRevoked = false
        try await release(revoked.filter(held.contains))
    }

    /// Commits behind all that was read.
    func commit() async throws {
        var next: [TopicPartition: Int64] = [:]
        for position in records.map(\.position) {
            next[position.topicPartition] = max(next[position.topicPartition] ?? 0, position.offset + 1)
        }
        try await consumer.commit(next)
    }

    /// Polls until that many records have come.
    mutating func read(_ count: Int, within limit: Duration = .seconds(120)) async throws {
        try await pollUntil(within: limit, "\(count) records") { $0.records.count >= count }
    }

    /// Polls until it is true.
    mutating func pollUntil(
        within limit: Duration = .seconds(120),
        _ what: String,
        _ condition: (Member) -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while !condition(self) {
            guard ContinuousClock.now < deadline else { throw NotInTime(what: what, limit: limit) }
            try await poll()
        }
    }

    /// The numbers that the records carry.
    var values: [Int] { records.map { $0.number } }
}

extension OutgoingRecord {
    /// A record whose value is a number.
    init(_ number: Int, to topic: String = "people", key: String? = "ann") {
        self.init(topic: topic, key: key, value: Array("\(number)".utf8))
    }
}

extension Record {
    /// The number in the value; -1 when it is none.
    var number: Int { value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? -1 }
}

extension MockCluster {
    func makeProducer(_ settings: [String: String] = [:]) throws -> Producer {
        try Producer(settings: self.settings.merging(settings) { $1 }, logger: Broker.quiet)
    }
}

extension KafkaError.Code {
    static let none = Self(rawValue: 0)
    static let notLeader = Self(rawValue: 6)
    static let requestTimedOut = Self(rawValue: 7)
    static let notEnoughReplicas = Self(rawValue: 19)
    static let outOfOrderSequence = Self(rawValue: 45)
}
