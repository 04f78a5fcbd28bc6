public import AsyncHTTPClient
import Runtime

extension HTTPClient.Configuration {
    /// How WeCom is called: no answer of its sends a token or a secret anywhere else.
    ///
    /// - Parameter connections: At once, all to one host.
    public static func wecom(connections: Int = 8) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration.direct
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return configuration
    }
}
