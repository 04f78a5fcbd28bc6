import ArgumentParser
import Kafka
import Messages
import Pipeline

/// `bridgectl topics apply`
struct ApplyTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Creates the topics that are missing, and waits until all can be written to.",
        discussion: "Those that exist stay as they are."
    )

    @OptionGroup var options: TopicOptions

    func run() async throws {
        try await options.withTopics { admin, topics in
            let before = Set(try await admin.topicNames())
            try await admin.createAndAwaitLeaders(topics)
            let created = topics.filter { !before.contains($0.name) }
            print("\(created.count) topics created, \(topics.count - created.count) were there")
        }
    }
}

/// `bridgectl topics check`
struct CheckTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compares the broker's topics with the catalogue; ends with 1 where they differ.",
        discussion: "Partitions, copies, min.insync.replicas, retention and compaction. Says how to mend what differs."
    )

    @OptionGroup var options: TopicOptions

    func run() async throws {
        try await options.withTopics { admin, topics in
            let found = try await admin.describe(topics.map(\.name))
            let differences = TopicDifference.all(expected: topics, found: found)
            for difference in differences { print(difference) }
            guard differences.isEmpty else { throw ExitCode(1) }
            print("\(topics.count) topics are as the catalogue says")
        }
    }
}

/// `bridgectl topics delete`
struct DeleteTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes the topics of the catalogue with all that they carry."
    )

    @OptionGroup var options: TopicOptions

    @Flag(help: "Yes, delete everything.")
    var yes = false

    func validate() throws {
        guard yes else { throw ValidationError("This deletes every message. Say --yes if that is what you want.") }
    }

    func run() async throws {
        try await options.withTopics { admin, topics in
            try await admin.delete(topics.map(\.name))
            print("\(topics.count) topics deleted")
        }
    }
}
