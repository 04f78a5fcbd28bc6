import ArgumentParser
import Runtime

/// `bridgectl`: what operators do by hand.
@main
struct Control: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bridgectl",
        abstract: "Operates WeCom Bridge.",
        discussion: """
            The broker is named by KAFKA_BOOTSTRAP_SERVERS, and the prefix of its topics by TOPIC_PREFIX; the registry by \
            REGISTRY_URL and REGISTRY_API_KEY, the directory by DIRECTORY_URL and DIRECTORY_API_KEY.
            """,
        subcommands: [
            Topics.self, ConfigurationCommands.self, DirectoryCommands.self, AuthorizationCommands.self, Tenants.self,
            IdentityProviders.self, ExtendedFields.self, Runs.self, Keys.self, Administrators.self, Clients.self,
            Revisions.self, Audit.self,
            ScheduleCommands.self, Webhooks.self, NotificationCommands.self, Explain.self, Preflight.self,
            EgressCommand.self, MappingCommands.self, DeadCommands.self, ReplayCommand.self, RebuildCommands.self,
            ContractCommands.self, LagCommand.self, Doctor.self,
        ]
    )
}

/// `bridgectl topics …`
struct Topics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Creates, compares and grows the topics of the catalogue.",
        subcommands: [ApplyTopics.self, CheckTopics.self, GrowTopics.self, DeleteTopics.self]
    )
}
