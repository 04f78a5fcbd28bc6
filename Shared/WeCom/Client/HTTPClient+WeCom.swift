public import AsyncHTTPClient

extension HTTPClient.Configuration {
    /// How WeCom is called: no answer of its sends a token or a secret anywhere else.
    ///
    /// - Parameters:
    ///   - connections: At once, all to one host.
    ///   - triesAgain: Whether a connection that cannot be made is tried again for as long as the call may take. Where
    ///     somebody waits for the answer, they are told at once.
    public static func wecom(connections: Int = 8, triesAgain: Bool = false) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        configuration.connectionPool.retryConnectionEstablishment = triesAgain
        return configuration
    }
}
