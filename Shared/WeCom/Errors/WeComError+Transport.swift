extension WeComError {
    /// Whether nothing came back that WeCom could have sent.
    public var isWithoutAnswer: Bool {
        switch cause {
        case .timeout, .connection, .proxy: true
        case .status(let status): status >= 500
        default: false
        }
    }

    /// The rows for what happens on the way.
    static func transport(_ cause: Cause) -> ErrorReaction {
        switch cause {
        case .status(let status) where status < 500 && ![408, 425, 429].contains(status):
            ErrorReaction(
                nil,
                .stop,
                .operator,
                "something other than WeCom answered, with HTTP status \(status)",
                "check WECOM_API_URL and the proxies on the way"
            )
        case .bodyTooLarge:
            ErrorReaction(
                nil,
                .split,
                .operator,
                "WeCom's answer is larger than allowed",
                "raise the limit of an answer's size"
            )
        case .budgetSpent:
            ErrorReaction(
                nil,
                .pause,
                .operator,
                "as many calls were made as WeCom allows in an hour",
                "nothing; it goes on by itself. If it lasts, see how many enterprises share an address"
            )
        case .proxy(let trouble): trouble.explanation
        case .missingField:
            ErrorReaction(
                nil,
                .stop,
                .operator,
                "WeCom's answer lacks a field that it always has",
                "report it: WeCom may have changed the interface"
            )
        default:
            ErrorReaction(
                nil,
                .retry,
                .operator,
                "WeCom cannot be reached or does not answer properly",
                "nothing; it is tried again. If it lasts, check the network and the proxies on the way to WeCom"
            )
        }
    }
}

extension ProxyTrouble {
    /// The row for it.
    var explanation: ErrorReaction {
        switch self {
        case .unreachable:
            ErrorReaction(
                nil,
                .retry,
                .tenantAdministrator,
                "the identity provider's own proxy cannot be reached",
                "check that the proxy runs and lets this server in, or correct its host and port in the identity "
                    + "provider's settings"
            )
        case .refusesCredentials:
            ErrorReaction(
                nil,
                .stop,
                .tenantAdministrator,
                "the identity provider's own proxy refuses its user and password",
                "enter the proxy's user and password again in the identity provider's settings"
            )
        case .refusesTunnel:
            ErrorReaction(
                nil,
                .retry,
                .tenantAdministrator,
                "the identity provider's own proxy does not let calls through to WeCom",
                "allow CONNECT to qyapi.weixin.qq.com, port 443, on the proxy, and check that it reaches that host itself"
            )
        case .forbiddenAddress:
            ErrorReaction(
                nil,
                .stop,
                .tenantAdministrator,
                "the identity provider's own proxy has an address that may not be called",
                "give a proxy with a public address; for a private one the operator has to allow its network by "
                    + "EGRESS_PRIVATE_NETWORKS"
            )
        }
    }
}
