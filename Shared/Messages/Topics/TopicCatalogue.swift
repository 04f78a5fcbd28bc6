/// Every topic of the product (architecture.md §2).
public enum TopicCatalogue {
    /// Partitions of each topic where nothing else is asked for.
    public static let defaultPartitions: Int32 = 12
    /// How many brokers hold each topic where nothing else is asked for.
    public static let defaultDurability = TopicDurability.standard

    /// The whole current state of each identity provider; a deleted one stays as a small record.
    public static let configuration = Topic(
        name: "idp.configuration.v1",
        retention: .compacted,
        carries: [IdentityProviderConfiguration.type]
    )
    /// The whole current state of each OAuth client; a deleted one stays as a small record.
    public static let clients = Topic(
        name: "client.configuration.v1",
        retention: .compacted,
        carries: [ClientConfiguration.type]
    )
    /// What the registry, and the writer, ask the fetcher to do.
    public static let commands = Topic(
        name: "sync.commands.v1",
        retention: .days(7),
        carries: [RunSync.type, CancelRun.type, AskFor.type]
    )
    /// What WeCom answered, as strict JSON.
    public static let wecomRecords = Topic(
        name: "wecom.records.v1",
        retention: .days(14),
        carries: [
            RunStarted.type, DepartmentPage.type, UserPage.type, UnchangedPages.type, RunFetched.type,
            FindingsFetched.type, RunAborted.type,
        ]
    )
    /// The same, mapped.
    public static let directoryRecords = Topic(
        name: "directory.records.v1",
        retention: .days(14),
        carries: [
            RunStarted.type, DepartmentBatch.type, UserBatch.type, UnchangedPages.type, PageRefused.type,
            RunMapped.type, FindingsMapped.type, RunAborted.type,
        ]
    )
    /// What changed in the directory.
    public static let directoryChanges = Topic(
        name: "directory.changes.v1",
        retention: .days(30),
        carries: [DirectoryChanges.type]
    )
    /// How far each run has come.
    public static let progress = Topic(
        name: "sync.progress.v1",
        retention: .days(7),
        carries: [StageProgress.type, RunFinished.type]
    )
    /// Who logged on, who could not, and whose sessions ended.
    public static let authentication = Topic(
        name: "auth.events.v1",
        retention: .days(90),
        carries: [LogonSucceeded.type, LogonFailed.type, SessionsEnded.type]
    )

    /// The topics, in the order in which the data flows.
    public static let streams = [
        configuration, clients, commands, wecomRecords, directoryRecords, directoryChanges, progress, authentication,
    ]

    /// Who reads which topic as a consumer group, and so has dead letters of its own.
    public static let consumers: [(topic: Topic, consumer: String)] = [
        (commands, "wecom-fetcher"),
        (wecomRecords, "directory-mapper"),
        (directoryRecords, "directory-writer"),
        (directoryChanges, "auth-verifier"),
        (progress, "idp-registry"),
    ]

    /// All topics, with the dead letters.
    public static let all = streams + consumers.map { $0.topic.deadLetters(of: $0.consumer) }
}
