public import Kafka
public import Messages

/// The groups that read the topics of the catalogue, while these grow.
public struct GrowingGroups: Sendable {
    private let namespace: TopicNamespace
    private let pause: Duration
    private let members: @Sendable (String) async throws -> GroupMembers

    /// - Parameters:
    ///   - namespace: What stands before topics' and groups' names.
    ///   - pause: From one question to the next.
    ///   - members: Asks for a group's members.
    public init(
        namespace: TopicNamespace,
        every pause: Duration = .milliseconds(500),
        members: @escaping @Sendable (String) async throws -> GroupMembers
    ) {
        self.namespace = namespace
        self.pause = pause
        self.members = members
    }

    /// Returns once no copy is left of the service that is stopped while topics grow.
    ///
    /// A copy that stopped under an `INSTANCE_ID` is still counted until its session ends; one that came back before
    /// would be given the partitions that it had, and nobody those that were added (KAFKA-13435).
    ///
    /// - Returns: Whether the brokers tell of members at all.
    /// - Throws: ``TopicGrowth/Refusal`` where some are left after that time; `KafkaError`; `CancellationError`.
    public func awaitStop(within limit: Duration = .seconds(120)) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        do {
            while try await told(TopicGrowth.stopped, before: deadline).map({ $0.count > 0 }) ?? true {
                guard ContinuousClock.now < deadline else {
                    throw TopicGrowth.Refusal(
                        description: "\(TopicGrowth.stopped) still has members in its group after "
                            + "\(limit.components.seconds) s. Stop all its copies, and try again."
                    )
                }
                try await Task.sleep(for: pause)
            }
            return true
        } catch let error as KafkaError where error.isUnsupported {
            return false
        }
    }

    /// Returns once the members of every other group have all partitions of its topic. Who runs finds those that were
    /// added within 10 s; a group without members takes them when its first one comes.
    ///
    /// - Parameter partitions: How many each topic has.
    /// - Returns: Whether the brokers tell who has which.
    /// - Throws: As ``awaitStop(within:)``.
    public func awaitTakeover(of partitions: Int32, within limit: Duration = .seconds(120)) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        do {
            for (topic, consumer) in TopicCatalogue.consumers where consumer != TopicGrowth.stopped {
                let name = namespace.name(of: topic)
                let all = Set((0..<partitions).map { TopicPartition(topic: name, partition: $0) })
                guard try await awaitTakeover(of: all, by: consumer, before: deadline, limit) else { return false }
            }
            return true
        } catch let error as KafkaError where error.isUnsupported {
            return false
        }
    }

    private func awaitTakeover(
        of all: Set<TopicPartition>,
        by consumer: String,
        before deadline: ContinuousClock.Instant,
        _ limit: Duration
    ) async throws -> Bool {
        while true {
            let group = try await told(consumer, before: deadline)
            if let group, group.count == 0 || all.isSubset(of: group.partitions) { return true }
            guard ContinuousClock.now < deadline else {
                // Members that agree on nothing are those of brokers that do not say on what.
                if let group, group.isStable, group.partitions.isEmpty { return false }
                let missing = all.subtracting(group?.partitions ?? []).count
                throw TopicGrowth.Refusal(
                    description: "All topics have grown, but \(consumer) has not taken \(missing) partitions within "
                        + "\(limit.components.seconds) s. Stop all its copies for a minute, start them, and try again."
                )
            }
            try await Task.sleep(for: pause)
        }
    }

    /// - Returns: Nil where the brokers are to be asked once more.
    private func told(_ consumer: String, before deadline: ContinuousClock.Instant) async throws -> GroupMembers? {
        do {
            return try await members(namespace.group(consumer))
        } catch let error as KafkaError where error.isRetriable && ContinuousClock.now < deadline {
            return nil
        }
    }
}
