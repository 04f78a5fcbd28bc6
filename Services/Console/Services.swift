import AsyncHTTPClient
import Runtime
import ServiceLifecycle

/// The console's parts, wired together.
struct Wiring: Sendable {
    let settings: Settings
    let context: ProgramContext
    let desk: Desk

    /// - Throws: When templates, texts or assets are missing.
    init(_ settings: Settings, _ context: ProgramContext) async throws {
        self.settings = settings
        self.context = context
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .direct)
        desk = try await Desk(settings: settings, http: http, logger: context.logger)
    }

    /// Everything that runs, in the order in which it starts; it stops in the reverse order.
    var services: [any Service] {
        [
            Closing(http: desk.http),
            makeServer(
                router: makeConsoleRouter(desk),
                host: settings.host,
                port: settings.port,
                logger: context.logger
            ),
        ]
    }
}

/// Closes what others use, after all of them have stopped.
private struct Closing: Service {
    let http: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }
}
