import Kafka
import Messages
import Pipeline
import Synchronization
import Testing

/// Who is waited for while topics grow.
@Suite(.timeLimit(.minutes(1)))
struct GrowingGroupsTests {
    private static let short = Duration.milliseconds(50)

    /// Answers in turn, the last one again and again, and notes who was asked for.
    private final class Brokers: Sendable {
        private let state: Mutex<(answers: [Result<GroupMembers, KafkaError>], asked: Set<String>)>

        init(_ answers: [Result<GroupMembers, KafkaError>]) { state = Mutex((answers, [])) }

        var asked: Set<String> { state.withLock { $0.asked } }

        func members(of group: String) throws -> GroupMembers {
            let answer = state.withLock { state in
                state.asked.insert(group)
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            }
            return try answer.get()
        }
    }

    private func groups(_ brokers: Brokers) -> GrowingGroups {
        GrowingGroups(namespace: .none, every: .milliseconds(1)) { try brokers.members(of: $0) }
    }

    private func members(_ count: Int, isStable: Bool = true, of partitions: Int32 = 0) -> GroupMembers {
        let held = TopicCatalogue.consumers.flatMap { topic, _ in
            (0..<partitions).map { TopicPartition(topic: topic.name, partition: $0) }
        }
        return GroupMembers(count: count, isStable: isStable, partitions: Set(held))
    }

    private let passing = KafkaError(.rebalanceInProgress, in: "members")
    private let unsupported = KafkaError(KafkaError.Code(rawValue: 35), in: "members")

    @Test("the registry is waited for until its group has no members, whatever the brokers say in between")
    func stop() async throws {
        let brokers = Brokers([
            .success(members(2)), .failure(passing), .success(members(1)), .success(members(0)),
        ])
        #expect(try await groups(brokers).awaitStop())
        #expect(brokers.asked == ["idp-registry"])
    }

    @Test("a registry that goes on running is told of")
    func goesOn() async {
        let brokers = Brokers([.success(members(1))])
        let refusal = await #expect(throws: TopicGrowth.Refusal.self) {
            try await groups(brokers).awaitStop(within: Self.short)
        }
        #expect(refusal?.description.contains("idp-registry still has members") ?? false)
    }

    @Test("all others are waited for until they have every partition, or nobody is there")
    func takeover() async throws {
        let brokers = Brokers([
            .success(members(1, of: 2)), .success(members(1, isStable: false)), .success(members(1, of: 6)),
            .success(members(0)), .success(members(3, of: 6)),
        ])
        #expect(try await groups(brokers).awaitTakeover(of: 6))
        #expect(brokers.asked == ["wecom-fetcher", "directory-mapper", "directory-writer", "auth-verifier"])
    }

    @Test("a service that takes no new partitions is named")
    func old() async {
        let brokers = Brokers([.success(members(1, of: 2))])
        let refusal = await #expect(throws: TopicGrowth.Refusal.self) {
            try await groups(brokers).awaitTakeover(of: 6, within: Self.short)
        }
        #expect(refusal?.description.contains("wecom-fetcher has not taken 4 partitions") ?? false)
    }

    @Test("brokers that do not tell are not waited for, and this is said")
    func silent() async throws {
        #expect(try await !groups(Brokers([.failure(unsupported)])).awaitStop())
        #expect(try await !groups(Brokers([.failure(unsupported)])).awaitTakeover(of: 6))
        #expect(try await !groups(Brokers([.success(members(1))])).awaitTakeover(of: 6, within: Self.short))
    }
}
