import AsyncHTTPClient
import ServiceLifecycle

/// The connections to WeCom, closed once nobody needs them any more.
struct WeComHTTP: Service {
    let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration()
        // Many enterprises are read at once, all from one host.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        client = HTTPClient(configuration: configuration)
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
