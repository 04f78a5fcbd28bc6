import Foundation
import Kafka
import Messages
import Pipeline
import Postgres

extension Suite {
    /// The schemas that have an outbox.
    public static let outboxes = ["registry", "directory", "verifier"]

    /// Waits until every group has read its topic to the end, one after another, and nothing waits in an outbox.
    public func waitUntilAllIsRead(within limit: Duration = .seconds(120)) async throws {
        // Reads as the services do: what the development broker has of transactions counts as it was written.
        let development = ["development.broker": ProcessInfo.processInfo.environment["KAFKA_DEVELOPMENT_BROKER"]]
        let settings = brokerSettings.merging(development.compactMapValues(\.self)) { $1 }
        let admin = try Admin(settings: settings, logger: quietLogger())
        let result = await asyncResult { try await waitUntilAllIsRead(within: limit, admin) }
        try await admin.close()
        try result.get()
    }

    private func waitUntilAllIsRead(within limit: Duration, _ admin: Admin) async throws {
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

    /// Partitions in which a group has something before it.
    private func unread(of topic: Topic, by consumer: String, _ admin: Admin) async throws -> Set<TopicPartition> {
        let committed = try await admin.committedOffsets(group: namespace.group(consumer))
        return try await rests(of: topic, admin) { committed[$0] ?? 0 }
    }

    /// Partitions in which the writer has something before it.
    private func unapplied(_ admin: Admin) async throws -> Set<TopicPartition> {
        try await rests(of: TopicCatalogue.directoryRecords, admin) { partition in
            let number = partition.partition
            return Int64(
                try await count("select next_offset from directory.partition_offsets where partition = \(number)")
            )
        }
    }

    /// Partitions in which a record lies at the next offset or behind it. The ends of transactions count as offsets,
    /// too, and nobody reads them.
    private func rests(
        of topic: Topic,
        _ admin: Admin,
        from next: (TopicPartition) async throws -> Int64
    ) async throws -> Set<TopicPartition> {
        let name = namespace.name(of: topic)
        var rests: [TopicPartition: Range<Int64>] = [:]
        for (number, end) in try await admin.endOffsets(name) where end > 0 {
            let partition = TopicPartition(topic: name, partition: number)
            let next = try await next(partition)
            if next < end { rests[partition] = next..<end }
        }
        return Set(rests.keys).subtracting(try await admin.vacant(rests))
    }

    /// Commits the beginnings of everything that is read, for services that are stopped.
    public func resetGroups() async throws {
        for (_, consumer) in TopicCatalogue.consumers { try await resetGroup(of: consumer) }
    }

    /// Commits the beginning of what one service reads, as the group's own static members: a member that stopped is
    /// still one of the group, so nobody else may.
    ///
    /// - Parameters:
    ///   - consumer: The service, whose copies are stopped.
    ///   - copies: How many there are of it.
    public func resetGroup(of consumer: String, copies: Int = 1) async throws {
        guard let topic = TopicCatalogue.consumers.first(where: { $0.consumer == consumer })?.topic else { return }
        let name = namespace.name(of: topic)
        let partitions = try await withAdmin { try await $0.endOffsets(name).count }
        let members = try (1...copies).map { copy in
            try Consumer(
                topics: [name],
                group: namespace.group(consumer),
                instanceID: "\(consumer)-\(copy)",
                settings: brokerSettings,
                logger: quietLogger()
            )
        }
        let result = await asyncResult {
            let assigned = try await Self.assignment(of: partitions, to: members, of: consumer)
            for (member, own) in zip(members, assigned) {
                try await member.commit(Dictionary(uniqueKeysWithValues: own.map { ($0, Int64(0)) }))
            }
        }
        for member in members { try await member.close() }
        try result.get()
    }

    /// What each of the members was given, once all partitions are given to one of them.
    private static func assignment(
        of partitions: Int,
        to members: [Consumer],
        of consumer: String
    ) async throws -> [Set<TopicPartition>] {
        var held = members.map { _ in Set<TopicPartition>() }
        let deadline = ContinuousClock.now + .seconds(60)
        while held.reduce(0, { $0 + $1.count }) < partitions {
            guard ContinuousClock.now < deadline else {
                throw TimedOut(what: "the assignment of all partitions of \(consumer)", lastError: nil)
            }
            for (index, member) in members.enumerated() {
                let news = try await member.poll(upTo: 1, patience: .milliseconds(200))
                held[index] = held[index].subtracting(news.revoked).union(news.assigned)
            }
        }
        return held
    }
}
