import CPostgres
import Dispatch
import Synchronization

/// The `PGcancel` of a session that owns it.
///
/// `@unchecked Sendable`: libpq's manual allows `PQcancel` on another thread than the connection's
/// ("Canceling Queries in Progress"), and the handle itself does not change.
struct CancelHandle: @unchecked Sendable {
    let pointer: OpaquePointer?

    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
            _ = PQcancel(pointer, reason.baseAddress, Int32(reason.count))
        }
    }
}

/// Carries the cancellation of a task to the statement that the server runs for it.
///
/// The task's cancellation handler calls ``cancel()`` from any thread; the connection calls the
/// rest on its own queue.
final class Canceller: Sendable {
    private struct State {
        var isCancelled = false
        /// That of the session whose statement runs now; ``leave()`` waits while it is in use.
        var target: CancelHandle?
        var wasSent = false
    }

    private let state = Mutex(State())
    private static let queue = DispatchQueue(label: "postgres.cancel", attributes: .concurrent)

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Cancels what runs now and keeps anything else from starting.
    func cancel() {
        let isRunning = state.withLock { state in
            state.isCancelled = true
            return state.target != nil
        }
        if isRunning { Self.queue.async { self.send() } }
    }

    /// Says that a statement is about to run.
    /// - Throws: `CancellationError` when the task was cancelled before.
    func enter(_ target: CancelHandle) throws {
        try state.withLock { state in
            if state.isCancelled { throw CancellationError() }
            state.target = target
        }
    }

    /// Says that the statement is over; waits for a cancel request that is on its way.
    /// - Returns: Whether one was sent, so that it might still hit the session's next statement.
    func leave() -> Bool {
        state.withLock { state in
            state.target = nil
            return state.wasSent
        }
    }

    /// Asks the server to cancel, again and again until the statement is over: a request that
    /// arrives before the statement does is lost.
    private func send() {
        let isRunning = state.withLock { state in
            guard let target = state.target else { return false }
            state.wasSent = true
            target.send()
            return true
        }
        guard isRunning else { return }
        Self.queue.asyncAfter(deadline: .now() + .milliseconds(200)) { self.send() }
    }
}
