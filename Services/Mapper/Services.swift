import Kafka
import Messages
import Pipeline
import Runtime
import ServiceLifecycle

/// Everything that runs, in the order in which it starts; it stops in the reverse order.
///
/// - Throws: What librdkafka says to a wrong setting.
func mapperServices(_ settings: MapperSettings, _ context: ProgramContext) throws -> [any Service] {
    let producer = try Producer(settings: settings.kafka, logger: context.logger)
    let configurations = ConfigurationTable(
        settings: settings.stage,
        readiness: context.readiness,
        logger: context.logger
    )
    let stage = Stage(
        name: "directory-mapper",
        topics: [TopicCatalogue.wecomRecords],
        handler: MappingHandler(
            mappings: Mappings(configurations: configurations, patience: settings.configurationPatience),
            producer: producer,
            namespace: settings.stage.namespace,
            source: context.source
        ),
        settings: settings.stage,
        producer: producer,
        readiness: context.readiness,
        after: configurations,
        logger: context.logger
    )
    return [producer, configurations, stage]
}
