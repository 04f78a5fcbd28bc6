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
            Identity providers move to other partitions by it, so nothing may be on its way: stop the registry first, \
            all copies of it, and wait until bridgectl lag tells of no messages but the registry's own. The other \
            services go on running. The command waits until the brokers have forgotten the registry, up to a minute, \
            and afterwards until the others have taken the new partitions and everybody knows of them. Start the \
            registry when it has ended. The number has to be a multiple of what topics have.

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
        let environment = Environment.process
        let namespace = try environment.topicNamespace()
        // It counts members for ever that have stopped.
        let remembersStopped = try environment.kafkaSettings()["development.broker"] == "true"
        try await TopicOptions.parse([]).withTopics(environment) { admin, topics in
            let names = topics.map(\.name)
            let groups = GrowingGroups(namespace: namespace) { try await admin.members(of: $0) }
            let found = try await admin.describe(names)
            // A number that does not do is told before anything is waited for.
            let growth = try TopicGrowth(of: names, found: found, to: partitions, groups: [])
            if !growth.topics.isEmpty {
                if !remembersStopped { try await awaitStop(of: groups) }
                let lag = try await LagReading(namespace: namespace).groups(by: admin)
                _ = try TopicGrowth(of: names, found: found, to: partitions, groups: lag)
                for topic in growth.topics { try await admin.grow(topic, to: partitions) }
            }
            try await settle(names, groups, by: admin)
            print(
                "\(growth.topics.count) topics have \(partitions) partitions now, "
                    + "\(names.count - growth.topics.count) had them"
            )
        }
    }

    private func awaitStop(of groups: GrowingGroups) async throws {
        guard try await !groups.awaitStop() else { return }
        print("These brokers tell of no group's members: let a minute pass between the registry's stop and its start.")
    }

    /// Until everybody reads and writes all partitions, be it that an earlier call made them and was broken off.
    private func settle(_ names: [String], _ groups: GrowingGroups, by admin: Admin) async throws {
        let settled = ContinuousClock.now + TopicGrowth.settling
        try await admin.awaitLeaders(of: names, partitions: partitions)
        let isTold = try await groups.awaitTakeover(of: partitions)
        try await Task.sleep(until: settled, clock: .continuous)
        try await admin.awaitLeaders(of: names, partitions: partitions)
        guard !isTold else { return }
        print(
            "These brokers do not tell who reads which partition: before you start the registry, see in the other "
                + "services' logs (partitions were given) that each partition was given to somebody."
        )
    }
}
