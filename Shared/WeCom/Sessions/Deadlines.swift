import Synchronization

/// What happens unless it is called off before its time; a tenth of a second late at most.
///
/// Each call has several deadlines, and hardly ever reaches one. A task that sleeps until one costs a timer of the system's,
/// which stays until its time even when the task is cancelled; here all share one for as long as there are any.
final class Deadlines: Sendable {
    private static let tick = Duration.milliseconds(100)

    private struct State {
        var last: UInt64 = 0
        var pending: [UInt64: (time: ContinuousClock.Instant, action: @Sendable () -> Void)] = [:]
        var isWatched = false
    }

    private let state = Mutex(State())

    /// How many there are.
    var count: Int { state.withLock { $0.pending.count } }

    /// - Parameter action: Must not block.
    /// - Returns: What it is called off by.
    func set(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> UInt64 {
        let time = ContinuousClock.now + duration
        let (id, wasWatched) = state.withLock { state in
            state.last += 1
            state.pending[state.last] = (time, action)
            defer { state.isWatched = true }
            return (state.last, state.isWatched)
        }
        // Detached, as it outlives whoever came first.
        if !wasWatched { Task.detached { await self.watch() } }
        return id
    }

    func callOff(_ id: UInt64) { state.withLock { _ = $0.pending.removeValue(forKey: id) } }

    /// Goes on for as long as there is a deadline.
    private func watch() async {
        repeat {
            // Nobody cancels it.
            try? await Task.sleep(for: Self.tick)
            for action in takeDue() { action() }
        } while !stopsWatching()
    }

    private func takeDue() -> [@Sendable () -> Void] {
        state.withLock { state in
            let now = ContinuousClock.now
            let due = state.pending.filter { $0.value.time <= now }
            for id in due.keys { state.pending[id] = nil }
            return due.values.map(\.action)
        }
    }

    private func stopsWatching() -> Bool {
        state.withLock { state in
            if state.pending.isEmpty { state.isWatched = false }
            return state.pending.isEmpty
        }
    }
}

extension Deadlines {
    /// Runs `body` in a task that is cancelled once it takes too long.
    ///
    /// - Parameters:
    ///   - limit: How long it may take.
    ///   - failure: What is thrown where it took longer.
    /// - Throws: `failure`; what `body` throws.
    func within<Result: Sendable>(
        _ limit: Duration,
        else failure: @autoclosure () -> some Error,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await body() }
        let isLate = Flag()
        let deadline = set(after: limit) {
            isLate.raise()
            task.cancel()
        }
        defer { callOff(deadline) }
        do {
            return try await withTaskCancellationHandler(
                operation: { try await task.value },
                onCancel: { task.cancel() }
            )
        } catch {
            if isLate.isRaised, !Task.isCancelled { throw failure() }
            throw error
        }
    }
}

/// Something that happened, once and for all.
private final class Flag: Sendable {
    private let state = Atomic(false)

    var isRaised: Bool { state.load(ordering: .acquiring) }

    func raise() { state.store(true, ordering: .releasing) }
}
