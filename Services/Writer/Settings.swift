import FoundationEssentials
import Messages
import Pipeline
import Postgres
import Runtime
import Sealing

/// What may be configured of the writer.
struct WriterSettings: Sendable {
    let databaseURL: String
    let databaseConnections: Int
    /// `DATABASE_PARTITIONS`: how many a table gets that is made in partitions.
    let databasePartitions: Int
    let kafka: [String: String]
    let stage: StageSettings
    let namespace: TopicNamespace
    let host: String
    let port: Int
    /// `PUBLIC_URL`, an origin: what clients of SCIM reach this service by; nil where that is the one that they ask.
    let publicURL: String?
    /// `REGISTRY_URL`: who is asked for tenants' API keys; nil where those of ``readers`` are all.
    let registryURL: String?
    /// Who may read the directory by HTTP.
    let readers: DirectoryReaders
    /// How often removed people are looked at.
    let graceInterval: Duration
    /// How long it is kept what people and departments were.
    let historyDays: Int

    init(_ environment: Environment) throws {
        databaseURL = try environment.secret("DATABASE_URL").withValue(\.self)
        databaseConnections = try environment.integer("DATABASE_CONNECTIONS", default: 4, in: 2...64)
        databasePartitions = try environment.integer(
            "DATABASE_PARTITIONS",
            default: HashPartitions.standardCount,
            in: HashPartitions.possibleCounts
        )
        kafka = try environment.kafkaSettings()
        stage = try StageSettings(environment)
        namespace = stage.namespace
        host = environment.host
        port = try environment.port(default: 8_082)
        publicURL = try environment.optionalURL("PUBLIC_URL")?.absoluteString
        registryURL = try environment.optionalURL("REGISTRY_URL")?.absoluteString
        readers = try DirectoryReaders(environment.optionalSecret("DIRECTORY_API_KEYS")?.withValue(\.self) ?? "")
        graceInterval = try environment.duration("GRACE_INTERVAL_SECONDS", default: .seconds(60))
        historyDays = try environment.integer("WRITER_HISTORY_DAYS", default: 180, in: 1...3_650)
    }
}
