import Messages
import Pipeline
import Runtime
import Sealing

/// What may be configured of the writer.
struct WriterSettings: Sendable {
    let databaseURL: String
    let databaseConnections: Int
    let kafka: [String: String]
    let stage: StageSettings
    let namespace: TopicNamespace
    let host: String
    let port: Int
    /// Who may read the directory by HTTP.
    let readers: DirectoryReaders
    /// How often removed people are looked at.
    let graceInterval: Duration
    /// How long it is kept what people and departments were.
    let historyDays: Int

    init(_ environment: Environment) throws {
        databaseURL = try environment.secret("DATABASE_URL").withValue(\.self)
        databaseConnections = try environment.integer("DATABASE_CONNECTIONS", default: 4, in: 2...64)
        kafka = try environment.kafkaSettings()
        stage = try StageSettings(environment)
        namespace = stage.namespace
        host = environment.host
        port = try environment.port(default: 8_082)
        readers = try DirectoryReaders(environment.optionalSecret("DIRECTORY_API_KEYS")?.withValue(\.self) ?? "")
        graceInterval = try environment.duration("GRACE_INTERVAL_SECONDS", default: .seconds(60))
        historyDays = try environment.integer("WRITER_HISTORY_DAYS", default: 180, in: 1...3_650)
    }
}
