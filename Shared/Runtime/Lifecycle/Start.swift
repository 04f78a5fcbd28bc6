import Logging
import Metrics
import ServiceLifecycle
import Traces

/// What a program reads before anything else.
struct Start {
    let level: Logger.Level
    let format: LogFormat
    let host: String
    let healthPort: Int
    let instanceID: String
    let traces: TraceSettings?

    /// Mistakes are not thrown yet, so that they are reported together with those of the services' settings.
    static func read(_ environment: Environment, port: Int) -> (Start, [ConfigurationError]) {
        do {
            return (try environment.settings { try Start($0, port: port) }, [])
        } catch {
            let start = Start(level: .info, format: .json, host: "", healthPort: 0, instanceID: "", traces: nil)
            return (start, (error as? ConfigurationErrors)?.errors ?? [])
        }
    }

    func context(_ name: String) -> ProgramContext {
        let (level, format) = (level, format)
        LoggingSystem.bootstrap { label in
            var handler = LineLogHandler(label: label, level: level, format: format)
            handler.metadataProvider = .currentTrace
            return handler
        }
        let context = ProgramContext(name: name, instanceID: instanceID, logger: Logger(label: name))
        MetricsSystem.bootstrap(context.metrics)
        return context
    }

    /// What sends the spans of this process away, if anything does.
    func exporters(_ context: ProgramContext) -> [any Service] {
        guard let traces else { return [] }
        let exporter = OTLPExporter(traces, context)
        exporter.begin()
        return [exporter]
    }

    func health(_ context: ProgramContext) -> some Service {
        makeServer(
            router: HealthRoutes.router(readiness: context.readiness, metrics: context.metrics),
            host: host,
            port: healthPort,
            logger: context.logger
        )
    }
}

extension Start {
    init(_ environment: Environment, port: Int) throws {
        level = try environment.choice("LOG_LEVEL", default: .info)
        format = try environment.choice("LOG_FORMAT", default: .json)
        host = environment.host
        let port = try environment.port(default: port)
        healthPort = try environment.port("HEALTH_PORT", default: port == 0 ? 0 : port + 1000)
        instanceID = environment.instanceID
        traces = try TraceSettings(environment)
    }
}

extension Logger.MetadataProvider {
    /// Joins the lines of one trace.
    fileprivate static let currentTrace = Logger.MetadataProvider {
        TraceSpan.current.map { ["trace": "\($0.context.traceID)"] } ?? [:]
    }
}
