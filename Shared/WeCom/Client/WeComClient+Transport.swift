import AsyncHTTPClient
import NIOCore
import NIOPosix

extension WeComClient {
    /// The transport's errors name hosts and states, never a URL with its token; only their kind is kept all the same.
    func translate(_ error: any Error, path: String) -> any Error {
        switch error {
        case is CancellationError: error
        case _ where Task.isCancelled: CancellationError()
        case is NIOTooManyBytesError: WeComError(.bodyTooLarge(limit: limits.maximumBody), path: path)
        case let failure as EgressFailure: Self.translate(failure, path)
        case _ where proxy != nil && Self.trouble(error) != nil:
            WeComError(.proxy(Self.trouble(error) ?? .unreachable), path: path)
        case let error as HTTPClientError where Self.timeouts.contains(error): WeComError(.timeout, path: path)
        case let error as HTTPClientError:
            WeComError(.connection, path: path, message: error.shortDescription)
        default: WeComError(.connection, path: path, message: "\(type(of: error))")
        }
    }

    private static func translate(_ failure: EgressFailure, _ path: String) -> WeComError {
        switch failure {
        case .forbiddenAddress: WeComError(.proxy(.forbiddenAddress), path: path)
        case .unknownName: WeComError(.proxy(.unreachable), path: path, message: "its name is not known")
        case .tooMany: WeComError(.connection, path: path, message: "too many proxies are in use at once")
        }
    }

    /// What an error of a call by way of a proxy says of the proxy; nil where it may as well be WeCom's.
    private static func trouble(_ error: any Error) -> ProxyTrouble? {
        switch error {
        // By way of a proxy, the only connection that is made is the one to the proxy.
        case is NIOConnectionError: .unreachable
        case let error as ChannelError where error.isConnectTimeout: .unreachable
        case let error as HTTPClientError: troubles.first { $0.0 == error }?.1
        default: nil
        }
    }

    private static let troubles: [(HTTPClientError, ProxyTrouble)] = [
        (.connectTimeout, .unreachable), (.httpProxyHandshakeTimeout, .unreachable),
        (.proxyAuthenticationRequired, .refusesCredentials), (.invalidProxyResponse, .refusesTunnel),
    ]

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .getConnectionFromPoolTimeout,
        .tlsHandshakeTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout,
    ]
}

extension ChannelError {
    fileprivate var isConnectTimeout: Bool {
        if case .connectTimeout = self { true } else { false }
    }
}
