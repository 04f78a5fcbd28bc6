import Kafka
import Logging
import Messages
import Pipeline
import Postgres
import SuiteTesting

extension Suite {
    /// The schemas that have an outbox.
    static let outboxes = ["registry", "directory", "verifier"]

    /// Waits until every group has read its topic to the end, one after another, and nothing waits in an outbox.
    func waitUntilAllIsRead(within limit: Duration = .seconds(120)) async throws {
        try await withAdmin { admin in
            for (topic, consumer) in TopicCatalogue.consumers {
                let what = "\(consumer) at the end of \(topic.name)"
                _ = try await waitFor(what, within: limit, every: .milliseconds(300)) {
                    try await self.unread(of: topic, by: consumer, admin).isEmpty ? true : nil
                }
            }
            _ = try await waitFor("the writer's positions at the end of its topic", within: limit) {
                try await self.unapplied(admin).isEmpty ? true : nil
            }
            for schema in Self.outboxes {
                _ = try await waitFor("the end of \(schema)'s outbox", within: limit) {
                    try await self.count("select count(*) from \(identifier: schema, "outbox")") == 0 ? true : nil
                }
            }
        }
    }

    /// Partitions in which a group has something before it. The ends of transactions count as offsets, too, and nobody
    /// reads them.
    private func unread(of topic: Topic, by consumer: String, _ admin: Admin) async throws -> Set<Int32> {
        let name = namespace.name(of: topic)
        let committed = try await admin.committedOffsets(group: namespace.group(consumer))
        let behind = try await admin.endOffsets(name).filter { partition, end in
            end > 0 && committed[TopicPartition(topic: name, partition: partition)] != end
        }
        guard !behind.isEmpty else { return [] }
        let unread = try await records(on: topic).map(\.position).filter { position in
            position.offset >= committed[position.topicPartition] ?? 0
        }
        return Set(unread.map(\.partition))
    }

    /// Partitions in which the writer has something before it.
    private func unapplied(_ admin: Admin) async throws -> [Int32] {
        var behind: [Int32] = []
        let ends = try await admin.endOffsets(namespace.name(of: TopicCatalogue.directoryRecords))
        for (partition, end) in ends where end > 0 {
            let next = try await count(
                "select next_offset from directory.partition_offsets where partition = \(partition)"
            )
            if next != end { behind.append(partition) }
        }
        return behind
    }

    /// Commits the beginnings, as each group's own static member: a member that stopped is still one of the
    /// group, so nobody else may.
    func resetGroups() async throws {
        for (topic, name) in TopicCatalogue.consumers {
            let consumer = try Consumer(
                topics: [namespace.name(of: topic)],
                group: namespace.group(name),
                instanceID: "\(name)-1",
                settings: ["bootstrap.servers": brokers],
                logger: Logger(label: "end-to-end")
            )
            let partitions = try await waitFor("the partitions of \(name)", within: .seconds(30)) {
                let assigned = try await consumer.poll(upTo: 1, patience: .milliseconds(200)).assigned
                return assigned.isEmpty ? nil : assigned
            }
            try await consumer.commit(Dictionary(uniqueKeysWithValues: partitions.map { ($0, Int64(0)) }))
            try await consumer.close()
        }
    }
}
