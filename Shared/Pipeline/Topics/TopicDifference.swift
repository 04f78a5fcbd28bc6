public import Kafka

/// What a broker has other than the catalogue says, and how to mend it.
public enum TopicDifference: Equatable, Sendable, CustomStringConvertible {
    /// It is not there.
    case missing(String)
    /// It has another number of partitions.
    case partitions(String, expected: Int32, found: Int32)
    /// Another number of brokers holds it.
    case replication(String, expected: Int16, found: Int16)
    /// It is set up otherwise.
    case setting(String, name: String, expected: String, found: String)

    /// Both in two lines.
    public var description: String { "\(finding)\n    \(remedy)" }

    /// What differs.
    public var finding: String {
        switch self {
        case .missing(let topic): "\(topic) is missing"
        case .partitions(let topic, let expected, let found): "\(topic) has \(found) partitions instead of \(expected)"
        case .replication(let topic, let expected, let found): "\(topic) has \(found) copies instead of \(expected)"
        case .setting(let topic, let name, let expected, let found):
            "\(topic) has \(name)=\(found) instead of \(expected)"
        }
    }

    /// How to mend it.
    public var remedy: String {
        switch self {
        case .missing: "create it: bridgectl topics apply"
        case .partitions(_, let expected, let found) where found < expected:
            "stop the registry, let the others read everything, then: bridgectl topics grow --partitions \(expected)"
        case .partitions(_, _, let found):
            "partitions cannot be taken away: say --partitions \(found) where all topics have as many, or make it anew"
        case .replication(let topic, let expected, _):
            "give \(topic) \(expected) replicas in each partition by kafka-reassign-partitions.sh, "
                + "or say TOPIC_REPLICATION where fewer are meant"
        case .setting(let topic, let name, let expected, _):
            "set it: kafka-configs.sh --alter --entity-type topics --entity-name \(topic) "
                + "--add-config \(name)=\(expected)"
        }
    }

    /// Compares what should be with what is. A broker that does not tell a setting is not blamed for it.
    public static func all(expected: [TopicSpecification], found: [String: TopicDescription]) -> [TopicDifference] {
        expected.flatMap { topic in
            guard let description = found[topic.name] else { return [missing(topic.name)] }
            return differences(topic, description)
        }
    }

    private static func differences(_ topic: TopicSpecification, _ found: TopicDescription) -> [TopicDifference] {
        var differences: [TopicDifference] = []
        if found.partitions != topic.partitions {
            differences.append(.partitions(topic.name, expected: topic.partitions, found: found.partitions))
        }
        if found.replication != topic.replication {
            differences.append(.replication(topic.name, expected: topic.replication, found: found.replication))
        }
        for (name, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
            guard let actual = found.configuration[name], actual != value else { continue }
            differences.append(.setting(topic.name, name: name, expected: value, found: actual))
        }
        return differences
    }
}
