import Metrics

/// What is counted of calls to WeCom: `wecom_calls_total` by interface and outcome, `wecom_call_seconds` by interface.
enum CallMetrics {
    /// Counts a call by what came of it, and times it.
    static func counting<Answer: Sendable>(
        _ call: Call,
        _ body: () async throws -> Answer
    ) async throws -> Answer {
        let start = ContinuousClock.now
        do {
            let answer = try await body()
            note(call, "0", since: start)
            return answer
        } catch {
            if !(error is CancellationError) { note(call, outcome(of: error), since: start) }
            throw error
        }
    }

    private static func note(_ call: Call, _ outcome: String, since start: ContinuousClock.Instant) {
        Counter(label: "wecom.calls", dimensions: [("interface", call.path), ("outcome", outcome)]).increment()
        Metrics.Timer(label: "wecom.call", dimensions: [("interface", call.path)]).record(duration: .now - start)
    }

    /// WeCom's `errcode` where it is one that is known, so that no answer makes a series of its own.
    static func outcome(of error: any Error) -> String {
        guard let error = error as? WeComError else { return "unreadable" }
        return switch error.cause {
        case .api(let code): ErrorReactions.isKnown(code) ? "\(code)" : "unknown code"
        case .status: "http status"
        case .incompleteBody, .bodyTooLarge, .missingField: "unreadable"
        case .timeout: "timeout"
        case .connection: "no connection"
        case .proxy: "proxy"
        case .budgetSpent, .noSuiteTicket: "not called"
        }
    }
}
