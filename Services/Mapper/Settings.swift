import Pipeline
import Runtime

/// What may be configured of the mapper.
struct MapperSettings: Sendable {
    let kafka: [String: String]
    let stage: StageSettings
    /// How long a page waits for the configuration that its run was started with.
    let configurationPatience: Duration

    init(_ environment: Environment) throws {
        kafka = try environment.kafkaSettings()
        stage = try StageSettings(environment)
        configurationPatience = try environment.duration("CONFIGURATION_PATIENCE_SECONDS", default: .seconds(30))
    }
}
