import Synchronization

/// Wakes whoever waits for work; rings that nobody waits for are one ring to whoever comes next.
final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var sleepers: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    func ring() {
        let sleepers = state.withLock { state in
            let sleepers = Array(state.sleepers.values)
            state.sleepers = [:]
            state.hasRung = sleepers.isEmpty
            return sleepers
        }
        for sleeper in sleepers { sleeper.resume() }
    }

    /// Returns at the next ring, or after `limit`.
    ///
    /// - Throws: `CancellationError`.
    func wait(atMost limit: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await self.nextRing() }
            group.addTask { try await Task.sleep(for: limit) }
            try await group.next()
        }
    }

    private func nextRing() async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.hasRung || Task.isCancelled {
                        state.hasRung = false
                        return true
                    }
                    state.sleepers[id] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.resume()
        }
    }
}
