import Kafka

/// What a broker has other than the catalogue says.
enum TopicDifference: Equatable, CustomStringConvertible {
    case missing(String)
    case partitions(String, expected: Int32, found: Int32)
    case setting(String, name: String, expected: String, found: String?)

    var description: String {
        switch self {
        case .missing(let topic): "\(topic) is missing"
        case .partitions(let topic, let expected, let found):
            "\(topic) has \(found) partitions instead of \(expected)"
        case .setting(let topic, let name, let expected, let found):
            "\(topic) has \(name)=\(found ?? "nothing") instead of \(expected)"
        }
    }

    /// Compares what should be with what is. A broker that does not tell a setting is not blamed for it.
    static func all(expected: [TopicSpecification], found: [String: TopicDescription]) -> [TopicDifference] {
        expected.flatMap { topic -> [TopicDifference] in
            guard let description = found[topic.name] else { return [.missing(topic.name)] }
            var differences: [TopicDifference] = []
            if description.partitions != topic.partitions {
                differences.append(
                    .partitions(topic.name, expected: topic.partitions, found: description.partitions)
                )
            }
            for (name, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
                guard let actual = description.configuration[name], actual != value else { continue }
                differences.append(.setting(topic.name, name: name, expected: value, found: actual))
            }
            return differences
        }
    }
}
