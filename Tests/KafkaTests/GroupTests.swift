import Kafka
import KafkaTesting
import Testing

/// Members that come and go, by both of Kafka's rebalance protocols.
@Suite(.timeLimit(.minutes(5)))
struct GroupTests {
    static let strategies = ["range", "cooperative-sticky"]
    let cluster = MockCluster()

    private func member(
        _ strategy: String,
        instanceID: String? = nil,
        keepsRevoked: Bool = false,
        _ settings: [String: String] = [:]
    ) throws -> Member {
        let strategy = ["partition.assignment.strategy": strategy]
        return try Member(
            on: cluster,
            instanceID: instanceID,
            keepsRevoked: keepsRevoked,
            settings: strategy.merging(settings) { $1 }
        )
    }

    /// Polls both in turn until it is true.
    private func poll(
        _ first: inout Member,
        _ second: inout Member,
        until what: String,
        _ condition: (Member, Member) -> Bool
    ) async throws {
        let limit = Duration.seconds(120)
        let deadline = ContinuousClock.now + limit
        while !condition(first, second) {
            guard ContinuousClock.now < deadline else { throw NotInTime(what: what, limit: limit) }
            try await first.poll()
            try await second.poll()
        }
    }

    @Test("a second member gets its share, and the first is told what it lost", arguments: strategies)
    func joining(strategy: String) async throws {
        try cluster.createTopic("people", partitions: 4)
        var first = try member(strategy)
        try await first.pollUntil("all partitions") { $0.held.count == 4 }
        var second = try member(strategy)
        try await poll(&first, &second, until: "two each") { $0.held.count == 2 && $1.held.count == 2 }
        #expect(first.held.isDisjoint(with: second.held))
        #expect(Set(first.revoked).isSuperset(of: second.held))
        if strategy == "cooperative-sticky" { #expect(Set(first.revoked) == second.held, "the others stayed") }

        try await cluster.makeProducer().send((0..<100).map { OutgoingRecord($0, key: "k\($0)") })
        try await poll(&first, &second, until: "all records") { $0.records.count + $1.records.count >= 100 }
        #expect((first.values + second.values).sorted() == Array(0..<100))
        try await first.commit()
        try await second.commit()
        try await first.consumer.close()
        try await second.consumer.close()
    }

    @Test("a member may leave at any moment of its first join", arguments: strategies, [0, 1, 10, 30, 60, 64])
    func leavingEarly(strategy: String, polls: Int) async throws {
        try cluster.createTopic("people")
        var member: Member? = try member(strategy)
        for _ in 0..<polls { try await member?.poll() }
        if polls.isMultiple(of: 2) { try await member?.consumer.close() }
        member = nil
    }

    @Test("a member that leaves is replaced at once", arguments: strategies)
    func leaving(strategy: String) async throws {
        try cluster.createTopic("people", partitions: 2)
        var first = try member(strategy)
        var second = try member(strategy)
        try await poll(&first, &second, until: "one each") { $0.held.count == 1 && $1.held.count == 1 }
        try await first.consumer.close()
        try await second.pollUntil("both partitions") { $0.held.count == 2 }
        try await second.consumer.close()
    }

    @Test("a member that stops polling is replaced, and is told that it lost", arguments: strategies)
    func hanging(strategy: String) async throws {
        try cluster.createTopic("people", partitions: 2)
        let producer = try cluster.makeProducer()
        try await producer.send((0..<20).map { OutgoingRecord($0, key: "k\($0)") })
        var hung = try member(strategy, ["max.poll.interval.ms": "6000"])
        try await hung.read(20)
        #expect(hung.held.count == 2)

        var other = try member(strategy)
        try await other.read(20)
        #expect(other.held.count == 2)
        #expect(other.values.sorted() == Array(0..<20), "nothing was committed")
        try await other.commit()

        let error = await #expect(throws: KafkaError.self) { try await hung.commit() }
        #expect(error?.isAssignmentLost == true, "\(String(describing: error))")
        try await hung.pollUntil("the loss") { $0.held.isEmpty }
        try await poll(&hung, &other, until: "one each") { $0.held.count == 1 && $1.held.count == 1 }
        #expect(hung.held.isDisjoint(with: other.held))
        try await hung.consumer.close()
        try await other.consumer.close()
    }

    @Test("a static member that died is replaced by another after the session", arguments: strategies)
    func dying(strategy: String) async throws {
        try cluster.createTopic("people", partitions: 2)
        var dead = try member(strategy, instanceID: "a")
        try await dead.pollUntil("both partitions") { $0.held.count == 2 }
        // Closing a static member sends nothing to the group: to the others it just stopped.
        try await dead.consumer.close()
        var other = try member(strategy, instanceID: "b")
        try await other.pollUntil("both partitions") { $0.held.count == 2 }
        try await other.consumer.close()
    }

    @Test("a static member that comes back is given partitions again", arguments: strategies)
    func returning(strategy: String) async throws {
        try cluster.createTopic("people", partitions: 2)
        var first = try member(strategy, instanceID: "a")
        var second = try member(strategy, instanceID: "b")
        try await poll(&first, &second, until: "one each") { $0.held.count == 1 && $1.held.count == 1 }
        try await first.consumer.close()
        var again = try member(strategy, instanceID: "a")
        try await poll(&again, &second, until: "one each") { again, _ in again.held.count == 1 }
        #expect(again.held.isDisjoint(with: second.held))
        try await again.consumer.close()
        try await second.consumer.close()
    }

    /// Short of the session, and longer than it.
    @Test("static members have their partitions again after the brokers were away", arguments: strategies, [2, 8])
    func outage(strategy: String, seconds: Int) async throws {
        try cluster.createTopic("people", partitions: 4)
        let brisk = ["reconnect.backoff.max.ms": "200"]
        var first = try member(strategy, instanceID: "a", brisk)
        var second = try member(strategy, instanceID: "b", brisk)
        try await poll(&first, &second, until: "two each") { $0.held.count == 2 && $1.held.count == 2 }
        for round in 1...3 {
            try cluster.stopBrokers()
            let end = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < end {
                try await first.poll()
                try await second.poll()
            }
            try cluster.startBrokers()
            try await cluster.makeProducer().send((0..<20).map { OutgoingRecord($0, key: "k\($0)") })
            try await poll(&first, &second, until: "all that was written") {
                $0.records.count + $1.records.count >= 20 * round && $0.held.count == 2 && $1.held.count == 2
            }
        }
        #expect(first.held.isDisjoint(with: second.held))
        try await first.consumer.close()
        try await second.consumer.close()
    }

    @Test("the group waits for what it wants back until it is given up", arguments: strategies)
    func keeping(strategy: String) async throws {
        try cluster.createTopic("people", partitions: 2)
        try await cluster.makeProducer().send((0..<20).map { OutgoingRecord($0, key: "k\($0)") })
        // The mock goes on without those who have not joined anew after a session; Kafka waits for them longer.
        let long = ["session.timeout.ms": "20000"]
        var first = try member(strategy, keepsRevoked: true, long)
        try await first.read(20)
        var second = try member(strategy, long)
        let wanted = strategy == "range" ? 2 : 1
        try await poll(&first, &second, until: "the wish") { first, _ in first.revoked.count == wanted }
        for _ in 0..<20 {
            try await first.poll()
            try await second.poll()
        }
        #expect(second.held.isEmpty && second.records.isEmpty)
        #expect(!first.consumer.isAssignmentLost)
        let kept = try #require(first.revoked.first)
        try await eventually("it is still the first one's") { [first] in
            try await first.consumer.start([kept: 0]) == [kept]
        }
        // The mock refuses the sync of a member that comes after the leader, which joins anew then: another round.
        try await first.releaseKept()
        try await poll(&first, &second, until: "one each") { $0.held.count == 1 && $1.held.count == 1 }
        #expect(first.held.isDisjoint(with: second.held))
        try await first.consumer.close()
        try await second.consumer.close()
    }
}
