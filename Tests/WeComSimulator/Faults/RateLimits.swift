import Synchronization

/// WeCom's limits per corp and API (wecom.md §6): calls in a window, and calls under way at once.
final class RateLimits: Sendable {
    struct Limits: Sendable, Equatable {
        var callsPerWindow = 10_000
        var windowSeconds = 60.0
        /// 0: no limit.
        var concurrency = 0
    }

    private struct Window {
        var start: Double
        var calls = 0
    }

    private struct State {
        var general = Limits()
        var corps: [String: Limits] = [:]
        var windows: [String: Window] = [:]
    }

    private let state = Mutex(State())
    private let clock: SimulatorClock

    init(clock: SimulatorClock) { self.clock = clock }

    /// 45009 when the window is full, until it is over; 45033 when too many are under way.
    func admit(_ path: String, corpID: String?, concurrency: Int) throws(Refusal) {
        let now = clock.now
        let refusal: Refusal? = state.withLock { state in
            let limits = corpID.flatMap { state.corps[$0.lowercased()] } ?? state.general
            if limits.concurrency > 0, concurrency > limits.concurrency { return .tooConcurrent }
            let lane = "\(corpID ?? "") \(path)"
            var window = state.windows[lane] ?? Window(start: now)
            if now - window.start >= limits.windowSeconds { window = Window(start: now) }
            window.calls += 1
            state.windows[lane] = window
            return window.calls > limits.callsPerWindow ? .tooFrequent : nil
        }
        if let refusal { throw refusal }
    }

    /// Sets the limits of one corp, or of all that have none of their own; windows start anew.
    func set(_ limits: Limits, corpID: String?) {
        state.withLock { state in
            if let corpID { state.corps[corpID.lowercased()] = limits } else { state.general = limits }
            state.windows = [:]
        }
    }

    var general: Limits { state.withLock { $0.general } }
}
