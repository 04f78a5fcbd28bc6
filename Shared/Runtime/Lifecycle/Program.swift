import Dispatch
import Foundation
import Logging
import Metrics
public import ServiceLifecycle
import UnixSignals

/// What every program does from its start to its end.
public enum Program {
    /// How long services have to finish what is in hand once the program is asked to stop.
    static let patience: Duration = .seconds(20)

    /// Runs a program until it is asked to stop.
    ///
    /// Sets up logging and metrics, logs the effective configuration with secrets blanked, and
    /// runs the services with a health server beside them. SIGTERM and SIGINT stop the services in
    /// reverse order. A mistake in the configuration, or an error of a service, is logged, and the
    /// process exits with 1.
    ///
    /// - Parameters:
    ///   - port: The port of the program's API where `HTTP_PORT` is not set; health is 1000 above
    ///     unless `HEALTH_PORT` is set.
    ///   - makeServices: The services, in the order in which they start.
    public static func run(
        _ name: String,
        environment: Environment = .process,
        port: Int,
        _ makeServices: (Environment, ProgramContext) async throws -> [any Service]
    ) async {
        do {
            let start = try environment.settings { try Start($0, port: port) }
            let context = start.context(name)
            let services = try await makeServices(environment, context)
            context.logger.info("starting", metadata: ["configuration": environment.effectiveMetadata])
            try await group(start.health(context), services, context).run()
            context.logger.info("stopped")
        } catch {
            report(error, name)
            exit(1)
        }
    }

    private static func group(
        _ health: any Service,
        _ services: [any Service],
        _ context: ProgramContext
    ) -> ServiceGroup {
        let stopping = StoppingNotice(context: context)
        var logger = context.logger
        logger.logLevel = max(logger.logLevel, .info)
        var configuration = ServiceGroupConfiguration(
            services: ([health] + services + [stopping]).map { service in
                .init(service: service, serviceName: "\(type(of: service))")
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = patience
        return ServiceGroup(configuration: configuration)
    }

    private static func report(_ error: any Error, _ name: String) {
        switch error {
        case let errors as ConfigurationErrors:
            for error in errors.errors { report(error, name) }
        case let error as ConfigurationError:
            Logger(label: name).critical(
                "the configuration is refused: \(error)",
                metadata: ["variable": "\(error.variable)"]
            )
        default:
            Logger(label: name).critical("stopped by an error", metadata: ["error": "\(error)"])
        }
    }
}

/// What a program reads before anything else.
private struct Start {
    let level: Logger.Level
    let format: LogFormat
    let host: String
    let healthPort: Int
    let instanceID: String

    init(_ environment: Environment, port: Int) throws {
        level = try environment.choice("LOG_LEVEL", default: .info)
        format = try environment.choice("LOG_FORMAT", default: .json)
        host = environment.host
        let port = try environment.port(default: port)
        healthPort = try environment.port("HEALTH_PORT", default: port == 0 ? 0 : port + 1000)
        instanceID = environment.instanceID
    }

    func context(_ name: String) -> ProgramContext {
        let (level, format) = (level, format)
        LoggingSystem.bootstrap { LineLogHandler(label: $0, level: level, format: format) }
        let context = ProgramContext(name: name, instanceID: instanceID, logger: Logger(label: name))
        MetricsSystem.bootstrap(context.metrics)
        return context
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

/// Makes the program unready as soon as it is asked to stop. Starts last, so that it stops first.
private struct StoppingNotice: Service {
    /// How much longer than it may the program takes to stop before it is ended all the same: a
    /// call into C hears no cancellation.
    private static let grace: Duration = .seconds(5)

    let context: ProgramContext

    func run() async throws {
        try? await gracefulShutdown()
        context.readiness.set("program", ready: false, reason: "stopping")
        let logger = context.logger
        let limit = (Program.patience + Self.grace) / .seconds(1)
        DispatchQueue.global().asyncAfter(deadline: .now() + limit) {
            logger.critical("did not stop in time, ending")
            exit(1)
        }
    }
}

extension Environment {
    fileprivate var effectiveMetadata: Logger.MetadataValue { .dictionary(effective.mapValues { .string($0) }) }
}
