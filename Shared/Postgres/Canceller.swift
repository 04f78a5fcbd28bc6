import CPostgres
import Dispatch
import Glibc
import Synchronization

/// Something that takes long and that another thread may end.
protocol Interruptible: Sendable {
    /// Asks politely; may take as long as the network likes.
    func ask()
    /// Ends it here and now, whatever becomes of it elsewhere; does not block.
    func end()
}

/// What another thread may do to a session.
///
/// `@unchecked Sendable`: libpq's manual allows `PQcancel` on another thread than the connection's
/// ("Canceling Queries in Progress"), neither handle nor descriptor changes, and ``Canceller`` lets go of both
/// before the session is closed.
final class SessionHandle: Interruptible, @unchecked Sendable {
    private let cancellation: OpaquePointer?
    private let descriptor: Int32

    init(_ connection: OpaquePointer) {
        cancellation = PQgetCancel(connection)
        descriptor = PQsocket(connection)
    }

    deinit { PQfreeCancel(cancellation) }

    func ask() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
            _ = PQcancel(cancellation, reason.baseAddress, Int32(reason.count))
        }
    }

    /// Whoever waits for the socket finds the connection lost.
    func end() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}

/// Carries the interruption of a caller, who was cancelled or has waited long enough, to what runs for it: the
/// server is asked to give up, and when it does not answer within two seconds, the caller goes without it.
///
/// ``interrupt(_:)`` may come from any thread; the connection calls the rest on its own queue.
final class Canceller: Sendable {
    private struct State {
        /// What the caller is told; the first reason counts.
        var reason: (any Error)?
        /// What runs now. It is ended under the lock, so that it cannot be closed meanwhile.
        var target: (any Interruptible)?
        var wasAsked = false
    }

    private let state = Mutex(State())
    /// For what does not block: deadlines, and the end of a server's time.
    private static let clock = DispatchQueue(label: "postgres.clock")

    /// How long a server may take to answer that it has given up.
    private static let grace: DispatchTimeInterval = .seconds(2)

    /// Why the caller does not wait any longer; `nil` while it does.
    var interruption: (any Error)? { state.withLock { $0.reason } }

    /// Ends what runs now and keeps anything else from starting.
    func interrupt(_ reason: any Error) {
        let isRunning = state.withLock { state in
            guard state.reason == nil else { return false }
            state.reason = reason
            return state.target != nil
        }
        guard isRunning else { return }
        // A queue of its own, whose thread nobody else waits for: concurrent ones share as many as there are cores.
        let queue = DispatchQueue(label: "postgres.cancel")
        queue.async { self.ask(on: queue) }
        Self.clock.asyncAfter(deadline: .now() + Self.grace) { self.state.withLock { $0.target?.end() } }
    }

    /// Interrupts with ``PostgresError/Code/timedOut`` what is not done after `limit`.
    func interrupt(after limit: Duration) {
        Self.clock.asyncAfter(deadline: .now() + limit.dispatched) { [weak self] in
            self?.interrupt(PostgresError(.timedOut, "the database has not answered within \(limit)"))
        }
    }

    /// Says that something is about to run.
    /// - Throws: The reason, when the caller was interrupted before.
    func enter(_ target: any Interruptible) throws {
        try state.withLock { state in
            if let reason = state.reason { throw reason }
            state.target = target
        }
    }

    /// Says that it is over.
    /// - Returns: Whether the server was asked to cancel, so that the request may still hit the session's next
    ///   statement: the session has to go.
    func leave() -> Bool {
        state.withLock { state in
            state.target = nil
            return state.wasAsked
        }
    }

    /// Asks again and again until it is over: a request that arrives before the statement does is lost.
    private func ask(on queue: DispatchQueue) {
        let target = state.withLock { state in
            state.wasAsked = state.wasAsked || state.target != nil
            return state.target
        }
        guard let target else { return }
        target.ask()
        queue.asyncAfter(deadline: .now() + .milliseconds(200)) { self.ask(on: queue) }
    }
}

extension Duration {
    /// For Dispatch, which counts in nanoseconds.
    var dispatched: DispatchTimeInterval {
        .nanoseconds(Int(clamping: Int64(self / .nanoseconds(1))))
    }
}
