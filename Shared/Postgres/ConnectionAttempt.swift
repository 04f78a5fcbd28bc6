import CPostgres
import Dispatch
import Synchronization

/// Makes a connection on a thread of its own, so that whoever waits for it may go: libpq's own way to connect
/// knows several hosts and a time limit for each, and cannot be interrupted.
final class ConnectionAttempt: Interruptible {
    /// Moves from the thread that made the connection to the one that uses it.
    private struct Made: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private struct State {
        var outcome: Result<Made, any Error>?
        var isAbandoned = false
    }

    private let url: String
    private let state = Mutex(State())
    private let isOver = DispatchSemaphore(value: 0)
    /// Its own, as concurrent queues share as many threads as there are cores, and this one blocks.
    private let queue = DispatchQueue(label: "postgres.connect")

    init(_ url: String) {
        self.url = url
    }

    /// Connects; blocks.
    /// - Throws: ``PostgresError``.
    func make() throws -> OpaquePointer {
        queue.async { self.connect() }
        isOver.wait()
        let outcome = state.withLock { $0.outcome }
        guard let outcome else { throw PostgresError(.connectionRefused, "the attempt to connect was given up") }
        return try outcome.get().pointer
    }

    func ask() { end() }

    /// The connection, should it still come, is closed at once.
    func end() {
        state.withLock { state in
            if state.outcome == nil { state.isAbandoned = true }
        }
        isOver.signal()
    }

    private func connect() {
        let outcome = Result { Made(pointer: try Session.connect(url)) }
        let isAbandoned = state.withLock { state in
            if !state.isAbandoned { state.outcome = outcome }
            return state.isAbandoned
        }
        if isAbandoned, case .success(let made) = outcome { PQfinish(made.pointer) }
        isOver.signal()
    }
}
