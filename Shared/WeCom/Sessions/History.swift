/// What one call has been through, and what follows from the next failure.
struct History {
    enum Step {
        case fail(WeComError)
        case renew(WeComError)
        case wait(repetition: Int, WeComError)
        case lower(repetition: Int, WeComError)
        case pause(WeComError)
    }

    let settings: SessionSettings
    private(set) var isRenewing = false
    private var wasRenewed = false
    private var attempts = 0
    private var busy = 0
    private var lost = 0
    private var refused = 0
    private var crowded = 0
    private var pauses = 0

    init(settings: SessionSettings) {
        self.settings = settings
    }

    /// - Parameter hadToken: Whether the call itself failed, and not the fetching of its token.
    mutating func next(after failure: WeComError, with repetition: Repetition, hadToken: Bool) -> Step {
        attempts += 1
        if hadToken { isRenewing = false }
        var error = failure
        error.attempts = attempts
        error.wasRenewed = wasRenewed
        if hadToken, !wasRenewed, Self.isTokenRefused(error) {
            (isRenewing, wasRenewed) = (true, true)
            return .renew(error)
        }
        return repetition == .allowed ? wait(after: error) : .fail(error)
    }

    private mutating func wait(after error: WeComError) -> Step {
        switch error.reaction {
        case .retry where error.code != nil:
            busy += 1
            return busy > settings.busyRetries ? .fail(error) : .wait(repetition: busy, error)
        // A call that was never made has lost nothing; it waits until WeCom is asked again.
        case .retry where !error.wasMade && refused < settings.silentRetries:
            refused += 1
            return .wait(repetition: refused, error)
        case .retry:
            lost += 1
            return lost > settings.transportRetries ? .fail(error) : .wait(repetition: lost, error)
        case .lowerConcurrency:
            crowded += 1
            return crowded > settings.concurrencyRetries ? .fail(error) : .lower(repetition: crowded, error)
        case .pause:
            pauses += 1
            return pauses > settings.maximumPauses ? .fail(error) : .pause(error)
        default: return .fail(error)
        }
    }

    /// 40001 on a data call is also a token that WeCom dropped (wecom.md §5).
    private static func isTokenRefused(_ error: WeComError) -> Bool {
        error.reaction == .renewToken || error.code == 40001
    }
}
