import Hummingbird
import Testing

/// Runs a test beside a service that answers by a router.
///
/// - Parameter test: Gets the service's URL.
func withNeighbour(
    _ router: Router<BasicRequestContext>,
    _ test: @escaping @Sendable (String) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let application = Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
        logger: TestRegistry.quiet
    )
    try await withThrowingTaskGroup { group in
        group.addTask { try await application.runService(gracefulShutdownSignals: []) }
        let number = try #require(await ports.first { _ in true })
        try await test("http://127.0.0.1:\(number)")
        group.cancelAll()
    }
}
