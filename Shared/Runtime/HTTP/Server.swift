public import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// A server for a router's routes, which logs where it listens.
///
/// A connection on which nothing comes for a minute is closed, unless an answer is under way.
///
/// - Parameters:
///   - host: By default loopback; a program gives ``Environment/host``.
///   - port: 0 lets the system choose.
///   - onRunning: Called with the port once it listens.
public func makeServer<Builder: HTTPResponderBuilder>(
    router: Builder,
    host: String = "127.0.0.1",
    port: Int,
    logger: Logger,
    onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
) -> some Service where Builder.Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .notice)
    return Application(
        router: router,
        server: .http1(configuration: .init(idleTimeout: .seconds(60))),
        configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
        onServerRunning: { channel in
            let port = channel.localAddress?.port ?? port
            logger.info("listening", metadata: ["host": "\(host)", "port": "\(port)"])
            await onRunning(port)
        },
        logger: logger.logLevel <= .debug ? logger : quiet
    )
}
