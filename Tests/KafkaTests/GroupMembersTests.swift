import Kafka
import KafkaTesting
import Testing

/// What a broker tells of a group's members.
@Suite(
    .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS names no broker"),
    .timeLimit(.minutes(5))
)
struct GroupMembersTests {
    @Test("a group's members are told with what they have, and are gone when they left")
    func members() async throws {
        try await Broker.withTopic("members", partitions: 3) { topic in
            let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
            let group = Broker.uniqueName("group")
            try await eventually("nobody") { try await admin.members(of: group).count == 0 }
            var member = try Member(of: group, topics: [topic], settings: Broker.settings)
            try await member.pollUntil("the partitions") { $0.held.count == 3 }
            let all = Set((0..<3).map { TopicPartition(topic: topic, partition: $0) })
            try await eventually("the broker tells of them") {
                try await member.poll()
                let members = try await admin.members(of: group)
                return members.isStable && !members.partitions.isEmpty
            }
            let members = try await admin.members(of: group)
            #expect(members == GroupMembers(count: 1, isStable: true, partitions: all))
            try await member.consumer.close()
            try await eventually("it has left") { try await admin.members(of: group).count == 0 }
            try await admin.close()
        }
    }

    @Test("a member that runs takes partitions that are added, and the broker tells so")
    func added() async throws {
        try await Broker.withTopic("added", partitions: 2) { topic in
            let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
            let group = Broker.uniqueName("group")
            let settings = Broker.settings.merging(["topic.metadata.refresh.interval.ms": "500"]) { $1 }
            var member = try Member(of: group, topics: [topic], instanceID: "a", settings: settings)
            try await member.pollUntil("the partitions") { $0.held.count == 2 }
            try await admin.grow(topic, to: 4)
            try await member.pollUntil("the added ones") { $0.held.count == 4 }
            try await eventually("the broker tells of them") {
                try await member.poll()
                return try await admin.members(of: group).partitions.count > 2
            }
            let members = try await admin.members(of: group)
            #expect(members.partitions == Set((0..<4).map { TopicPartition(topic: topic, partition: $0) }))
            try await member.consumer.close()
            try await admin.close()
        }
    }
}
