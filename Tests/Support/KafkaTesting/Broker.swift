import Kafka
import Foundation
public import Logging

/// The real Kafka that tests may use, named by `KAFKA_BOOTSTRAP_SERVERS`.
public enum Broker {
    /// What a client sets as `bootstrap.servers`; `nil` when there is none to test with.
    public static let bootstrapServers: String? = {
        let value = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"] ?? ""
        return value.isEmpty ? nil : value
    }()

    /// Whether tests of the real thing can run; for `.enabled(if:)`.
    public static var isAvailable: Bool { bootstrapServers != nil }

    /// What a client of this broker needs at least. One that answers fetches at once, as the development broker does,
    /// is paced as the services are (`KAFKA_DEVELOPMENT_BROKER`); else idle consumers would take the machine for themselves.
    public static let settings: [String: String] = {
        var settings = ["bootstrap.servers": bootstrapServers ?? ""]
        settings["development.broker"] = ProcessInfo.processInfo.environment["KAFKA_DEVELOPMENT_BROKER"]
        return settings
    }()

    /// A name that nothing else uses: of a topic, a group, or the prefix of some.
    public static func uniqueName(_ purpose: String) -> String {
        "test.\(purpose).\(UUID().uuidString.prefix(13).lowercased())"
    }

    /// Creates topics of unique names, and deletes them when `body` is done.
    ///
    /// - Parameter topics: Purpose and partitions of each; `body` gets the names by purpose.
    public static func withTopics<Result>(
        _ topics: [String: Int32],
        configuration: [String: String] = [:],
        _ body: ([String: String]) async throws -> Result
    ) async throws -> Result {
        let names = topics.reduce(into: [:]) { names, topic in names[topic.key] = uniqueName(topic.key) }
        let admin = try Admin(settings: settings, logger: quiet)
        try await admin.createAndAwaitLeaders(
            topics.map { purpose, partitions in
                TopicSpecification(
                    name: names[purpose] ?? purpose,
                    partitions: partitions,
                    replication: 1,
                    configuration: configuration
                )
            }
        )
        do {
            let result = try await body(names)
            try await admin.delete(afterUse: Array(names.values))
            return result
        } catch {
            try? await admin.delete(afterUse: Array(names.values))
            throw error
        }
    }

    /// Creates one topic of a unique name, and deletes it when `body` is done.
    public static func withTopic<Result>(
        _ purpose: String,
        partitions: Int32 = 1,
        configuration: [String: String] = [:],
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        try await withTopics([purpose: partitions], configuration: configuration) { names in
            try await body(names[purpose] ?? purpose)
        }
    }

    /// A logger that only speaks of what went wrong.
    public static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }()
}
