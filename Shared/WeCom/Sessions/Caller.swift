import Logging
import Runtime

/// Which calls may be made twice.
public enum Repetition: Sendable, Hashable {
    /// Reading calls and others that do no harm twice: repeated within bounds.
    case allowed

    /// A single-use code is spent by the call: only a refused token leads to a second one.
    case onlyForToken
}

/// Makes calls by the table of reactions: token once, repetitions within bounds, pauses, fewer at once.
struct Caller: Sendable {
    let settings: SessionSettings
    let time: TimeKeeper
    let gate: Gate
    /// Places among all enterprises' calls, and whose these are.
    let slots: (all: CallSlots, corp: CorpID)?
    let logger: Logger

    init(
        settings: SessionSettings,
        slots: (all: CallSlots, corp: CorpID)? = nil,
        time: TimeKeeper,
        logger: Logger
    ) {
        self.settings = settings
        self.slots = slots
        self.time = time
        self.logger = logger
        gate = Gate(settings: settings, time: time)
    }

    /// Runs `body` with a token from `tokens` until it succeeds or the reactions are used up.
    func call<Purpose, Result>(
        _ tokens: TokenSource<Purpose>,
        _ repetition: Repetition,
        _ body: (Token<Purpose>) async throws -> Result
    ) async throws -> Result {
        try await gate.enter()
        do {
            let result = try await repeated(tokens, repetition, body)
            await gate.leave()
            return result
        } catch {
            await gate.leave()
            throw error
        }
    }

    private func repeated<Purpose, Result>(
        _ tokens: TokenSource<Purpose>,
        _ repetition: Repetition,
        _ body: (Token<Purpose>) async throws -> Result
    ) async throws -> Result {
        var history = History(settings: settings)
        var token: Token<Purpose>?
        while true {
            // A sign-in does not wait for a pause: with a valid code it is exempt from the limit (wecom.md §4.4).
            let began = repetition == .allowed ? try await gate.pauseEnds() : time.now()
            var isTokenOurs = false
            do {
                let current: Token<Purpose>
                if let rejected = token, history.isRenewing {
                    current = try await tokens.renewed(insteadOf: rejected)
                } else {
                    current = try await tokens.token()
                }
                (token, isTokenOurs) = (current, true)
                let result = try await body(current)
                await gate.succeeded()
                return result
            } catch let error as WeComError {
                let step = history.next(after: error, with: isTokenOurs ? repetition : .allowed, hadToken: isTokenOurs)
                try await take(step, began: began, history)
            }
        }
    }

    /// Runs one call once there is a place for it; nobody holds one while it waits to repeat, nor for long while nothing
    /// is answered: enterprises whose WeCom hangs keep no place from others.
    func inSlot<Result>(_ call: () async throws -> Result) async throws -> Result {
        guard let slots else { return try await call() }
        try await slots.all.enter(slots.corp)
        let place = CallPlace(in: slots.all)
        let patience = slots.all.deadlines.set(after: CallPlace.patience) { place.leave() }
        defer {
            slots.all.deadlines.callOff(patience)
            place.leave()
        }
        return try await call()
    }

    private func take(_ step: History.Step, began: Duration, _ history: History) async throws {
        switch step {
        case .fail(let error):
            // What concerns one object or one sign-in is told of where it is counted.
            let concernsOne = error.reaction == .skip || error.reaction == .login
            report(error, "the call is given up", concernsOne ? .debug : .warning)
            throw error
        case .renew(let error): report(error, "the token is renewed")
        case .wait(let repetition, let error):
            report(error, "the call is repeated")
            try await time.sleep(settings.backoff.delay(attempt: repetition))
        case .lower(let repetition, let error):
            report(error, "fewer calls run at once")
            await gate.lower(callBegan: began)
            try await time.sleep(settings.backoff.delay(attempt: repetition))
        case .pause(let error):
            report(error, "the enterprise's calls pause")
            guard await gate.pause(callBegan: began) else { throw error }
        }
    }

    private func report(_ error: WeComError, _ what: String, _ level: Logger.Level = .warning) {
        logger.log(
            level: level,
            "WeCom call failed",
            metadata: [
                "path": "\(error.path)", "error": "\(error.code.map(String.init) ?? error.description)",
                "hint": "\(error.hint ?? "")", "attempt": "\(error.attempts)", "reaction": "\(what)",
            ]
        )
    }
}
