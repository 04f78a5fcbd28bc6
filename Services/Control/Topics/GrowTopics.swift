import ArgumentParser
import Kafka
import Messages
import Pipeline
import Runtime

/// `bridgectl topics grow`
struct GrowTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grow",
        abstract: "Gives all topics more partitions.",
        discussion: """
            Identity providers move to other partitions by it, so nothing may be on its way: stop the registry first, and \
            wait until bridgectl lag tells of no messages. Afterwards restart the other services, then start the registry. \
            The number has to be a multiple of what topics have.

            Example:
              bridgectl topics grow --partitions 24
            """
    )

    @Option(help: "Partitions of each topic afterwards.")
    var partitions: Int32

    func validate() throws {
        guard (1...1_000).contains(partitions) else { throw ValidationError("Give 1 to 1000 partitions.") }
    }

    func run() async throws {
        let namespace = try Environment.process.topicNamespace()
        try await TopicOptions.parse([]).withTopics { admin, topics in
            let names = topics.map(\.name)
            let growth = try TopicGrowth(
                of: names,
                found: try await admin.describe(names),
                to: partitions,
                groups: try await LagReading(namespace: namespace).groups(by: admin)
            )
            for topic in growth.topics { try await admin.grow(topic, to: partitions) }
            try await admin.awaitLeaders(of: names)
            print(
                "\(growth.topics.count) topics have \(partitions) partitions now, "
                    + "\(names.count - growth.topics.count) had them"
            )
        }
    }
}
