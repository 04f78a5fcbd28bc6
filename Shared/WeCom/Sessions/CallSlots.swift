import Synchronization

/// Shares among enterprises how many calls may be in flight at once: each in its turn, so that one with many calls keeps
/// no other waiting for more than one of its own.
public final class CallSlots: Sendable {
    private struct State {
        var inFlight = 0
        var waiters: [CorpID: Waiters] = [:]
        /// The highest number of anybody who has waited.
        var last = 0
        /// Enterprises that wait, in the order of their turns.
        var turns: [CorpID] = []
    }

    private let limit: Int
    private let state = Mutex(State())
    /// When calls that are not answered lose their places.
    let deadlines = Deadlines()

    /// - Parameter limit: Calls in flight at once, over all enterprises.
    public init(limit: Int) {
        self.limit = max(limit, 1)
    }

    /// How many calls are in flight now.
    public var used: Int { state.withLock(\.inFlight) }

    /// How many calls wait for a place now.
    var waiting: Int { state.withLock { $0.waiters.values.reduce(0) { $0 + $1.count } } }

    /// Waits for a place; each must be given back by ``leave()``.
    ///
    /// - Throws: `CancellationError`.
    func enter(_ corp: CorpID) async throws {
        try Task.checkCancellation()
        guard let (id, stream) = takeOrWait(corp) else { return }
        for await _ in stream {}
        // Whoever let this task go has counted it; one that was not let go was cancelled.
        if giveUp(id, corp) { throw CancellationError() }
        if Task.isCancelled {
            leave()
            throw CancellationError()
        }
    }

    func leave() {
        state.withLock { state in
            state.inFlight -= 1
            while state.inFlight < limit, let corp = state.turns.first {
                state.turns.removeFirst()
                guard state.waiters[corp]?.letFirstGo() == true else {
                    state.waiters[corp] = nil
                    continue
                }
                state.inFlight += 1
                // Its next call comes after everybody else's.
                if state.waiters[corp]?.isEmpty == true { state.waiters[corp] = nil } else { state.turns.append(corp) }
            }
        }
    }

    /// Takes a place; where there is none, what to wait for.
    private func takeOrWait(_ corp: CorpID) -> (id: Int, stream: AsyncStream<Never>)? {
        state.withLock { state in
            if state.inFlight < limit, state.turns.isEmpty {
                state.inFlight += 1
                return nil
            }
            if state.waiters[corp] == nil { state.turns.append(corp) }
            let waiter = state.waiters[corp, default: Waiters(after: state.last)].add()
            state.last = max(state.last, waiter.id)
            return waiter
        }
    }

    /// Stops waiting; true if nobody had let the task go.
    private func giveUp(_ id: Int, _ corp: CorpID) -> Bool {
        state.withLock { state in
            guard state.waiters[corp]?.remove(id) == true else { return false }
            if state.waiters[corp]?.isEmpty == true {
                state.waiters[corp] = nil
                state.turns.removeAll { $0 == corp }
            }
            return true
        }
    }
}
