public import AsyncHTTPClient

extension HTTPClient.Configuration {
    /// Calls that go where they are sent and nowhere else, and fail at once where no connection can be made.
    ///
    /// A key is for one service, so redirects are not followed. And the library's own attempts to connect pause for longer
    /// each time, up to a minute: what had been away for minutes would count as away for another one once it is back.
    public static var direct: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
