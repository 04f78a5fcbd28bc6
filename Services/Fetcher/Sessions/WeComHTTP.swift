import AsyncHTTPClient
import ServiceLifecycle
import WeCom

/// The connections to WeCom, closed once nobody needs them any more.
struct WeComHTTP: Service {
    let clients: EgressClients
    private let own: HTTPClient

    /// - Parameter policy: Which addresses identity providers' own proxies may have.
    init(policy: EgressPolicy) {
        // Many enterprises are read at once, and some hang: what holds a place among calls in flight is fewer.
        own = HTTPClient(configuration: .wecom(connections: 512))
        clients = EgressClients(own: own, policy: policy)
    }

    func run() async throws {
        try? await gracefulShutdown()
        await clients.close()
        try await own.shutdown()
    }
}
