import Kafka
import Messages
import Pipeline
import Runtime

/// Whether the brokers are reached, have the topics of the catalogue, and whether these are read.
struct BrokerExamination {
    let options: TopicOptions
    let environment: Environment

    /// A group that is further behind is told of.
    private static let limit: Int64 = 10_000

    func findings() async -> [CheckResult] {
        do {
            return try await options.withTopics(environment) { admin, topics in
                let there = Set(try await admin.topicNames())
                let differences = TopicDifference.all(
                    expected: topics,
                    found: try await admin.describe(topics.map(\.name))
                )
                return [CheckResult("brokers", .passed, "they answer")] + Self.topics(topics.count, differences)
                    + (try await groups(admin, there))
            }
        } catch {
            let fix =
                "see that KAFKA_BOOTSTRAP_SERVERS names brokers that are reached from here, and that KAFKA_* signs in"
            return [CheckResult("brokers", .failed, "\(error)", fix: fix)]
        }
    }

    static func topics(_ count: Int, _ differences: [TopicDifference]) -> [CheckResult] {
        guard !differences.isEmpty else {
            return [CheckResult("topics", .passed, "\(count) topics are as the catalogue says")]
        }
        return differences.map { CheckResult("topics", .failed, $0.finding, fix: $0.remedy) }
    }

    private func groups(_ admin: Admin, _ there: Set<String>) async throws -> [CheckResult] {
        let namespace = try environment.topicNamespace()
        var findings: [CheckResult] = []
        for (topic, consumer) in TopicCatalogue.consumers where there.contains(namespace.name(of: topic)) {
            let name = namespace.name(of: topic)
            let read = try await admin.committedOffsets(group: namespace.group(consumer))
                .filter { $0.key.topic == name }
            let begins = try await admin.beginningOffsets(name)
            let behind = try await admin.endOffsets(name).reduce(into: Int64(0)) { sum, end in
                let begin = begins[end.key] ?? 0
                let place = read.first { $0.key.partition == end.key }?.value ?? begin
                sum += max(0, end.value - max(place, begin))
            }
            findings.append(Self.group(consumer, topic: name, hasRead: !read.isEmpty, behind: behind))
        }
        return findings
    }

    static func group(_ consumer: String, topic: String, hasRead: Bool, behind: Int64) -> CheckResult {
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
