import Foundation
import Logging
import Metrics
public import ServiceLifecycle
import UnixSignals

/// What every program does from its start to its end.
public enum Program {
    /// How long services have to finish what is in hand once the program is asked to stop. Then they are cancelled, and
    /// hear of it soon enough to be gone within 20 s of the request (architecture.md §5).
    static let patience: Duration = .seconds(12)

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
        Allocator.keepResidentMemorySmall()
        do {
            let (start, mistakes) = Start.read(environment, port: port)
            let context = start.context(name)
            let services = try await makeServices(environment.refusing(mistakes), context)
            guard mistakes.isEmpty else { throw ConfigurationErrors(errors: mistakes) }
            endWhenTimersStandStill(context.logger)
            context.logger.info("starting", metadata: ["configuration": environment.effectiveMetadata])
            // What exports spans stops last, so that it has all.
            let first: [any Service] = start.exporters(context) + [start.health(context)]
            try await group(first, services, context).run()
            context.logger.info("stopped")
        } catch {
            report(error, name)
            exit(1)
        }
    }

    /// Whoever started the process starts it anew, and what it held is others' in the meantime.
    private static func endWhenTimersStandStill(_ logger: Logger) {
        TimerWatch(every: .seconds(5), patience: 12) {
            logger.critical("the process's timers have stood still for a minute, so it ends to be started anew")
            _exit(1)
        }
    }

    private static func group(
        _ first: [any Service],
        _ services: [any Service],
        _ context: ProgramContext
    ) -> ServiceGroup {
        let stopping = StoppingNotice(context: context)
        var logger = context.logger
        logger.logLevel = max(logger.logLevel, .info)
        var configuration = ServiceGroupConfiguration(
            services: (first + services + [stopping]).map { service in
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

extension Environment {
    fileprivate var effectiveMetadata: Logger.MetadataValue { .dictionary(effective.mapValues { .string($0) }) }
}
