import ArgumentParser
import Kafka
import Logging
import Pipeline
import Runtime

/// `bridgectl lag`
struct LagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag",
        abstract: "How far each service is behind on what it reads, by partition, in messages and seconds.",
        discussion: """
            Examples:
              bridgectl lag
              bridgectl lag --partitions --json
            """
    )

    @Flag(help: "Each partition by itself.") var partitions = false
    @Flag(help: "As JSON, for programs.") var json = false

    func run() async throws { print(try await outcome(.process)) }

    /// What there is to say.
    func outcome(_ environment: Environment) async throws -> String {
        let admin = try Admin(settings: try environment.kafkaSettings(), logger: Logger(label: "bridgectl"))
        let groups = try await LagReading(namespace: try environment.topicNamespace()).groups(by: admin)
        try await admin.close()
        if json { return try JSON.array(groups.map(\.json)).text }
        return groups.flatMap(lines).joined(separator: "\n")
    }

    private func lines(_ group: GroupLag) -> [String] {
        let whole = "\(group.consumer)  \(group.topic)  \(Self.told(group.messages, group.seconds))"
        guard partitions else { return [whole] }
        return [whole] + group.partitions.map { "    \($0.partition)  \(Self.told($0.messages, $0.seconds))" }
    }

    private static func told(_ messages: Int64, _ seconds: Double?) -> String {
        "\(messages) messages" + (seconds.map { ", \(Int($0.rounded())) s" } ?? "")
    }
}
