extension WeComError {
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
