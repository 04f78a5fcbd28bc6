import Kafka
import KafkaTesting
import Logging

/// A consumer of a test and what it has been told so far.
struct Member {
    let consumer: Consumer
    private(set) var records: [Record] = []
    private(set) var held: Set<TopicPartition> = []
    private(set) var revoked: [TopicPartition] = []
    private(set) var wasLost = false

    init(
        of group: String = "readers",
        on cluster: MockCluster,
        topics: [String] = ["people"],
        assignment: AssignmentMode = .automatic,
        settings: [String: String] = [:]
    ) throws {
        // The mock answers joins only after 3 s, so a session must be longer than that.
        let defaults = ["group.id": group, "session.timeout.ms": "6000", "heartbeat.interval.ms": "500"]
        consumer = try Consumer(
            topics: topics,
            settings: cluster.settings.merging(defaults) { $1 }.merging(settings) { $1 },
            assignment: assignment,
            logger: Broker.quiet
        )
    }

    /// Polls once and notes what came; returns it, too.
    @discardableResult
    mutating func poll(upTo limit: Int = 1_000, patience: Duration = .milliseconds(50)) async throws -> Poll {
        let poll = try await consumer.poll(upTo: limit, patience: patience)
        records += poll.records
        held.subtract(poll.revoked)
        held.formUnion(poll.assigned)
        revoked += poll.revoked
        wasLost = wasLost || poll.isLost
        return poll
    }

    /// Polls until that many records have come.
    mutating func read(_ count: Int, within limit: Duration = .seconds(20)) async throws {
        try await pollUntil(within: limit, "\(count) records") { $0.records.count >= count }
    }

    /// Polls until it is true.
    mutating func pollUntil(
        within limit: Duration = .seconds(20),
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
