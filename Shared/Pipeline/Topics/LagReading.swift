public import Kafka
public import Messages

/// Asks the brokers how far each service is behind on what it reads, in messages and seconds.
///
/// Where no more than a transaction's offsets are left they are read up to the first message, as only that tells a
/// message from what nobody reads: marks of transactions, and what was aborted. Of anything longer no message is read.
public struct LagReading: Sendable {
    /// What is left at the end of a log is read up to so many offsets.
    private static let readable = 1_000

    private let namespace: TopicNamespace

    /// - Parameter namespace: What stands before topics' and groups' names.
    public init(namespace: TopicNamespace) { self.namespace = namespace }

    /// Every group of the catalogue whose topic is there.
    ///
    /// - Throws: `KafkaError`.
    public func groups(by admin: Admin) async throws -> [GroupLag] {
        let there = Set(try await admin.topicNames())
        var groups: [GroupPlaces] = []
        for (topic, consumer) in TopicCatalogue.consumers where there.contains(namespace.name(of: topic)) {
            groups.append(try await places(of: consumer, on: namespace.name(of: topic), by: admin))
        }
        var rests = groups.reduce(into: [TopicPartition: Range<Int64>]()) { $0.merge($1.rests) { _, later in later } }
        let short = rests.filter { $0.value.count <= Self.readable }
        for partition in try await admin.vacant(short) { rests[partition] = nil }
        let ages = await Ages.of(rests.mapValues(\.lowerBound), by: admin)
        return groups.map { $0.lag(rests, ages) }
    }

    private func places(of consumer: String, on topic: String, by admin: Admin) async throws -> GroupPlaces {
        let read = try await admin.committedOffsets(group: namespace.group(consumer)).filter { $0.key.topic == topic }
        let begins = try await admin.beginningOffsets(topic)
        let ends = try await admin.endOffsets(topic)
        var rests: [TopicPartition: Range<Int64>] = [:]
        for (number, end) in ends {
            let (partition, begin) = (TopicPartition(topic: topic, partition: number), begins[number] ?? 0)
            let place = max(read[partition] ?? begin, begin)
            if place < end { rests[partition] = place..<end }
        }
        return GroupPlaces(
            consumer: consumer,
            topic: topic,
            hasRead: !read.isEmpty,
            partitions: ends.keys.sorted(),
            rests: rests
        )
    }
}

/// Where a group is in the logs of a topic.
private struct GroupPlaces {
    let consumer: String
    let topic: String
    let hasRead: Bool
    let partitions: [Int32]
    /// The offsets that the group has not passed.
    let rests: [TopicPartition: Range<Int64>]

    /// - Parameter rests: Those that hold messages, or may.
    func lag(_ rests: [TopicPartition: Range<Int64>], _ ages: [TopicPartition: Ages.Age]) -> GroupLag {
        let partitions = partitions.map { number in
            let partition = TopicPartition(topic: topic, partition: number)
            return PartitionLag(
                partition: number,
                messages: Int64(rests[partition]?.count ?? 0),
                seconds: ages[partition].map { Double($0.milliseconds) / 1_000 }
            )
        }
        return GroupLag(consumer: consumer, topic: topic, hasRead: hasRead, partitions: partitions)
    }
}

/// How long ago the records at some places of logs were written, found by asking for the places of moments.
enum Ages {
    struct Age: Sendable, Equatable {
        let milliseconds: Int64
        /// The first that is as young, at the place or before it: a record or, for some brokers, a transaction's mark.
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
