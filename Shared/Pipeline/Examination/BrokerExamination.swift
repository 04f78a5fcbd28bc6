public import Kafka
public import Messages

/// Whether the brokers have the topics of the catalogue, and whether these are read.
public struct BrokerExamination: Sendable {
    /// A group that is further behind is told of.
    private static let limit: Int64 = 10_000

    private let topics: [TopicSpecification]
    private let namespace: TopicNamespace
    private let takesMorePartitions: Bool

    /// - Parameters:
    ///   - topics: Those that should be there.
    ///   - namespace: What stands before topics' and groups' names.
    ///   - takesMorePartitions: Whether topics may have more partitions than these.
    public init(topics: [TopicSpecification], namespace: TopicNamespace, takesMorePartitions: Bool = false) {
        self.topics = topics
        self.namespace = namespace
        self.takesMorePartitions = takesMorePartitions
    }

    /// What was found.
    ///
    /// - Throws: `KafkaError` where the brokers do not answer: ``unreached(_:)`` tells of it.
    public func findings(by admin: Admin) async throws -> [CheckResult] {
        let found = try await admin.describe(topics.map(\.name), within: .seconds(10))
        let differences = TopicDifference.all(expected: topics, found: found).filter { !isTaken($0) }
        let groups = try await LagReading(namespace: namespace).groups(by: admin)
        return [CheckResult("brokers", .passed, "they answer")] + Self.topics(topics.count, differences)
            + groups.map { Self.finding(of: $0) }
    }

    private func isTaken(_ difference: TopicDifference) -> Bool {
        guard takesMorePartitions, case .partitions(_, let expected, let found) = difference else { return false }
        return found > expected
    }

    /// Brokers that do not answer.
    public static func unreached(_ error: any Error) -> CheckResult {
        let fix = "see that KAFKA_BOOTSTRAP_SERVERS names brokers that are reached from here, and that KAFKA_* signs in"
        return CheckResult("brokers", .failed, "\(error)", fix: fix)
    }

    private static func topics(_ count: Int, _ differences: [TopicDifference]) -> [CheckResult] {
        guard !differences.isEmpty else {
            return [CheckResult("topics", .passed, "\(count) topics are as the catalogue says")]
        }
        return differences.map { CheckResult("topics", .failed, $0.finding, fix: $0.remedy) }
    }

    private static func finding(of lag: GroupLag) -> CheckResult {
        group(lag.consumer, topic: lag.topic, hasRead: lag.hasRead, behind: lag.messages)
    }

    /// Whether a group gets on.
    public static func group(_ consumer: String, topic: String, hasRead: Bool, behind: Int64) -> CheckResult {
        if !hasRead, behind > 0 {
            let finding = "\(consumer) has read nothing of \(topic), which has \(behind) messages"
            return CheckResult(
                "groups",
                .warning,
                finding,
                fix: "see that \(consumer) runs, and that TOPIC_PREFIX is its own"
            )
        }
        if behind > limit {
            let finding = "\(consumer) reads \(topic), and is \(behind) behind"
            return CheckResult(
                "groups",
                .warning,
                finding,
                fix: "see whether it gets on (stage_lag), and start more copies"
            )
        }
        return CheckResult("groups", .passed, "\(consumer) reads \(topic), and is \(behind) behind")
    }
}
