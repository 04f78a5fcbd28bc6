import Synchronization

/// Leaves a WeCom alone that does not answer: after so many calls in a row that got no answer none is made for a while,
/// and then one at a time, until one is answered.
///
/// Any answer of WeCom closes it, also one that refuses: only what never arrived counts.
public final class CircuitBreaker: Sendable {
    private struct State {
        var failuresInRow = 0
        var openUntil: Duration?
        var isTrying = false
    }

    private let time: TimeKeeper
    private let limit: Int
    private let pause: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - failures: Calls in a row without an answer, after which none is made.
    ///   - pause: For how long none is made.
    ///   - time: The pause goes by it.
    public init(failures: Int, pause: Duration, time: TimeKeeper = .continuous) {
        limit = max(failures, 1)
        self.pause = pause
        self.time = time
    }

    /// Whether a call may be made now; who is let through says by ``note(hasAnswered:)`` what came of it.
    func admits() -> Bool {
        state.withLock { state in
            guard let openUntil = state.openUntil else { return true }
            guard time.now() >= openUntil, !state.isTrying else { return false }
            state.isTrying = true
            return true
        }
    }

    /// What came of a call that was let through; `nil` when it was given up before anything was known.
    func note(hasAnswered: Bool?) {
        state.withLock { state in
            state.isTrying = false
            switch hasAnswered {
            case true?:
                state.failuresInRow = 0
                state.openUntil = nil
            case false?:
                state.failuresInRow += 1
                if state.failuresInRow >= limit { state.openUntil = time.now() + pause }
            case nil: break
            }
        }
    }
}

/// The breakers that a call has to pass: its enterprise's, and the one for WeCom as a whole.
struct CircuitBreakers: Sendable {
    let all: [CircuitBreaker]

    /// Makes a call, unless WeCom does not answer just now.
    ///
    /// - Throws: ``WeComError`` as of a connection that could not be made, without a call; what `call` throws.
    func guarding<Result>(_ path: String, _ call: () async throws -> Result) async throws -> Result {
        try pass(path)
        do {
            let result = try await call()
            note(hasAnswered: true)
            return result
        } catch let error as WeComError {
            note(hasAnswered: !error.isWithoutAnswer)
            throw error
        } catch is CancellationError {
            note(hasAnswered: nil)
            throw CancellationError()
        } catch {
            // Whoever read the answer could not do anything with it.
            note(hasAnswered: true)
            throw error
        }
    }

    private func pass(_ path: String) throws {
        for (position, breaker) in all.enumerated() {
            if breaker.admits() { continue }
            for earlier in all.prefix(position) { earlier.note(hasAnswered: nil) }
            var refusal = WeComError(.connection, path: path, message: "not called, as WeCom has not answered lately")
            refusal.wasMade = false
            throw refusal
        }
    }

    private func note(hasAnswered: Bool?) {
        for breaker in all { breaker.note(hasAnswered: hasAnswered) }
    }
}
