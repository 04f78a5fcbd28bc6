import AsyncHTTPClient
import Hummingbird
import Logging

/// A whole make-believe WeCom: what it knows, and the pages and calls by which it is reached.
final class Simulator: Sendable {
    let clock: SimulatorClock
    let corps = CorpBook()
    let tokens: TokenBook
    let providers: ProviderBook
    let authorizations: AuthorizationBook
    let signIns: SignInBook
    let callbacks: CallbackSender
    let events = EventBook()
    let messages = MessageBook()
    let faults = FaultBook()
    let limits: RateLimits
    let statistics = Statistics()
    let lifetimes = LifetimeSettings()

    /// - Parameter client: sends the callbacks; its redirects and decompression are never used
    init(client: HTTPClient, logger: Logger) {
        clock = SimulatorClock()
        tokens = TokenBook(clock: clock)
        providers = ProviderBook(clock: clock)
        authorizations = AuthorizationBook(clock: clock)
        signIns = SignInBook(clock: clock)
        limits = RateLimits(clock: clock)
        callbacks = CallbackSender(client: client, clock: clock, logger: logger)
    }

    /// Every path of WeCom and of the control API, on one router.
    func makeRouter() -> Router<SimulatorContext> {
        let router = Router(context: SimulatorContext.self)
        Gateway(simulator: self).addRoutes(to: router)
        AuthorizationPages(simulator: self).addRoutes(to: router)
        WebLoginPages(simulator: self).addRoutes(to: router)
        InAppPages(simulator: self).addRoutes(to: router)
        Control(simulator: self).addRoutes(to: router)
        return router
    }

    /// The server and what runs beside it.
    func makeApplication(
        host: String,
        port: Int,
        logger: Logger,
        whenListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        var application = Application(
            router: makeRouter(),
            configuration: .init(address: .hostname(host, port: port), serverName: "nginx"),
            onServerRunning: { channel in await whenListening(channel.localAddress?.port ?? port) },
            logger: logger
        )
        application.addServices(TicketService(simulator: self, logger: logger))
        return application
    }
}
