public import Kafka
public import Messages

/// Asks the brokers how far each service is behind on what it reads, in messages and seconds. No message is read for it.
public struct LagReading: Sendable {
    private let namespace: TopicNamespace

    /// - Parameter namespace: What stands before topics' and groups' names.
    public init(namespace: TopicNamespace) { self.namespace = namespace }

    /// Every group of the catalogue whose topic is there.
    ///
    /// - Throws: `KafkaError`.
    public func groups(by admin: Admin) async throws -> [GroupLag] {
        let there = Set(try await admin.topicNames())
        var groups: [GroupLag] = []
        for (topic, consumer) in TopicCatalogue.consumers where there.contains(namespace.name(of: topic)) {
            groups.append(try await group(consumer, on: namespace.name(of: topic), by: admin))
        }
        return groups
    }

    private func group(_ consumer: String, on topic: String, by admin: Admin) async throws -> GroupLag {
        let read = try await admin.committedOffsets(group: namespace.group(consumer)).filter { $0.key.topic == topic }
        let begins = try await admin.beginningOffsets(topic)
        let ends = try await admin.endOffsets(topic)
        var places: [TopicPartition: Int64] = [:]
        for (number, end) in ends {
            let (partition, begin) = (TopicPartition(topic: topic, partition: number), begins[number] ?? 0)
            let place = max(read[partition] ?? begin, begin)
            if place < end { places[partition] = place }
        }
        let ages = await Ages.of(places, by: admin)
        let partitions = ends.sorted { $0.key < $1.key }.map { number, end in
            lag(TopicPartition(topic: topic, partition: number), end, places, ages)
        }
        return GroupLag(consumer: consumer, topic: topic, hasRead: !read.isEmpty, partitions: partitions)
    }

    private func lag(
        _ partition: TopicPartition,
        _ end: Int64,
        _ places: [TopicPartition: Int64],
        _ ages: [TopicPartition: Ages.Age]
    ) -> PartitionLag {
        let number = partition.partition
        guard let place = places[partition] else { return PartitionLag(partition: number, messages: 0, seconds: nil) }
        let age = ages[partition]
        // The mark that ends a transaction has a place in the log, and nobody reads it.
        if end - place == 1, let age, age.offset < place {
            return PartitionLag(partition: number, messages: 0, seconds: nil)
        }
        return PartitionLag(
            partition: number,
            messages: end - place,
            seconds: age.map { Double($0.milliseconds) / 1_000 }
        )
    }
}

/// How long ago the records at some places of logs were written, found by asking for the places of moments.
enum Ages {
    struct Age: Sendable, Equatable {
        let milliseconds: Int64
        /// The first record that is as young, at the place or before it.
        let offset: Int64
    }

    private static let bits = 32
    /// 49 days, in milliseconds: no topic that is read by a group keeps messages for longer.
    private static let oldest: Int64 = 1 << 32

    /// Those that the brokers tell.
    static func of(_ places: [TopicPartition: Int64], by admin: Admin) async -> [TopicPartition: Age] {
        let now = Timestamp.now.millisecondsSince1970
        return await search(places) { ages in try? await admin.offsets(at: ages.mapValues { now - $0 }) }
    }

    /// Halves the time in which each can have been written, for all at once.
    ///
    /// - Parameter offsets: The first records that are at most so old, by partition; nil where nobody says.
    static func search(
        _ places: [TopicPartition: Int64],
        _ offsets: ([TopicPartition: Int64]) async -> [TopicPartition: Int64]?
    ) async -> [TopicPartition: Age] {
        guard !places.isEmpty else { return [:] }
        var tooYoung = places.mapValues { _ in Int64(0) }
        var found: [TopicPartition: Age] = [:]
        for _ in 0..<bits {
            let middles = places.keys.reduce(into: [TopicPartition: Int64]()) { middles, partition in
                let old = found[partition]?.milliseconds ?? oldest
                middles[partition] = ((tooYoung[partition] ?? 0) + old) / 2
            }
            guard let firsts = await offsets(middles) else { return [:] }
            for (partition, middle) in middles {
                if let first = firsts[partition], let place = places[partition], first <= place {
                    found[partition] = Age(milliseconds: middle, offset: first)
                } else {
                    tooYoung[partition] = middle
                }
            }
        }
        return found
    }
}
