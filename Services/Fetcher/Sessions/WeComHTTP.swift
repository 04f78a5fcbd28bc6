import AsyncHTTPClient
import ServiceLifecycle
import WeCom

/// The connections to WeCom, closed once nobody needs them any more.
struct WeComHTTP: Service {
    let client: HTTPClient

    init() {
        // Many enterprises are read at once, and some hang: what holds a place among calls in flight is fewer.
        client = HTTPClient(configuration: .wecom(connections: 512))
    }

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
