/// A call to WeCom that did not give what was asked for. Holds no token and no secret.
public struct WeComError: Error, Sendable, Hashable {
    /// What went wrong.
    public enum Cause: Sendable, Hashable {
        /// WeCom answered with an `errcode`.
        case api(Int)

        /// The HTTP status was not 200 and no `errcode` came with it; WeCom answers 200 for its own errors, so
        /// something in between spoke.
        case status(Int)

        /// The body was not one whole JSON object: cut off, or not JSON.
        case incompleteBody

        /// The body had more bytes than allowed.
        case bodyTooLarge(limit: Int)

        /// No answer in time.
        case timeout

        /// The connection could not be made or broke.
        case connection

        /// The enterprise's own proxy did not let the call through.
        case proxy(ProxyTrouble)

        /// A whole answer without this field.
        case missingField(String)

        /// As many calls were made as WeCom allows; this one was not.
        case budgetSpent

        /// WeCom has not pushed a suite ticket yet, or the last one is too old.
        case noSuiteTicket
    }

    /// What went wrong.
    public let cause: Cause

    /// WeCom's `errmsg`, or the transport's words; at most 300 characters, without secrets.
    public let message: String

    /// What WeCom's support asks for.
    public let hint: String?

    /// Which call, such as `user/list`, without its query.
    public let path: String

    /// How many times the call was made.
    public internal(set) var attempts = 1

    /// Whether the call was made at all; not while WeCom is left alone (``CircuitBreaker``).
    public internal(set) var wasMade = true

    /// Whether the token had been renewed before the last attempt.
    public internal(set) var wasRenewed = false

    /// - Parameters:
    ///   - message: Must hold no token and no secret.
    ///   - path: Such as `user/list`.
    public init(_ cause: Cause, path: String, message: String = "", hint: String? = nil) {
        self.cause = cause
        self.path = path
        self.message = message
        self.hint = hint
    }

    // Inlined into a `catch`, it has the optimizer of Swift 6.3 end with an error of ownership.
    /// WeCom's `errcode`, nil where WeCom did not answer.
    @inline(never)
    public var code: Int? {
        if case .api(let code) = cause { code } else { nil }
    }

    /// Whether WeCom answered, and in a form that is not known.
    public var isOfOddForm: Bool {
        if case .missingField = cause { true } else { false }
    }

    /// The caller's address as WeCom saw it, from `from ip: …`; what an administrator needs after a 60020.
    public var callerAddress: String? {
        guard let range = message.firstRange(of: "from ip: ") else { return nil }
        let address = message[range.upperBound...].prefix { $0.isHexDigit || $0 == "." || $0 == ":" }
        return address.isEmpty ? nil : String(address)
    }

    /// What to do. A token that is refused right after its renewal is no longer one to renew.
    public var reaction: Reaction {
        let reaction = explanation.reaction
        return reaction == .renewToken && wasRenewed ? .bug : reaction
    }

    /// The words for people, and who acts.
    public var explanation: ErrorReaction {
        switch cause {
        case .api(let code): ErrorReactions.of(code)
        case .noSuiteTicket: ErrorReactions.of(40085)
        default: Self.transport(cause)
        }
    }
}

extension WeComError: CustomStringConvertible {
    /// One line for a log: `user/list: 60011 no privilege … [hint]`.
    public var description: String {
        let what =
            switch cause {
            case .api(let code): "\(code)"
            case .status(let status): "HTTP status \(status)"
            case .incompleteBody: "the answer is not whole"
            case .bodyTooLarge(let limit): "the answer has more than \(limit) bytes"
            case .timeout: "no answer in time"
            case .connection: "no connection"
            case .proxy(let trouble): "the enterprise's own proxy: \(trouble.rawValue)"
            case .missingField(let field): "the answer lacks '\(field)'"
            case .budgetSpent: "no calls left"
            case .noSuiteTicket: "no valid suite ticket"
            }
        return "\(path): \(what)" + (message.isEmpty ? "" : " \(message)")
    }
}
