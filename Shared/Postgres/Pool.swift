import Synchronization

/// Lends connections out, one to a caller, and lets a bounded number of callers wait in line.
///
/// The connection that came back last goes out first, so that a quiet service keeps few sessions busy.
final class Pool: Sendable {
    private struct Waiter {
        let ticket: Int
        let continuation: CheckedContinuation<Connection, any Error>
    }

    private struct State {
        var idle: [Connection]
        var waiters: [Waiter] = []
        var lastTicket = 0
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let connections: [Connection]
    private let maximumWaiters: Int
    private let state: Mutex<State>

    init(_ connections: [Connection], maximumWaiters: Int) {
        self.connections = connections
        self.maximumWaiters = maximumWaiters
        state = Mutex(State(idle: connections.reversed()))
    }

    /// A connection for the caller alone, who must give it back.
    /// - Throws: ``PostgresError`` when too many wait or the pool was closed; `CancellationError`.
    func acquire() async throws -> Connection {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state in
                    enter(&state, Waiter(ticket: ticket, continuation: continuation))
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            leave(ticket)?.resume(throwing: CancellationError())
        }
    }

    /// Gives a connection back.
    func release(_ connection: Connection) {
        let (waiter, closers) = state.withLock { state -> (Waiter?, [CheckedContinuation<Void, Never>]) in
            if !state.waiters.isEmpty { return (state.waiters.removeFirst(), []) }
            state.idle.append(connection)
            return (nil, takeClosers(&state))
        }
        waiter?.continuation.resume(returning: connection)
        for closer in closers { closer.resume() }
    }

    /// Turns away who waits and who comes, and returns when every connection is back and closed.
    func close() async {
        await withCheckedContinuation { continuation in
            let (waiters, closers) = state.withLock { state in
                state.isClosed = true
                state.closers.append(continuation)
                defer { state.waiters = [] }
                return (state.waiters, takeClosers(&state))
            }
            for waiter in waiters { waiter.continuation.resume(throwing: Self.closed) }
            for closer in closers { closer.resume() }
        }
        for connection in connections { await connection.close() }
    }

    /// What the caller gets at once; `nil` when it waits.
    private func enter(_ state: inout State, _ waiter: Waiter) -> Result<Connection, any Error>? {
        if state.isClosed { return .failure(Self.closed) }
        if Task.isCancelled { return .failure(CancellationError()) }
        if let connection = state.idle.popLast() { return .success(connection) }
        guard state.waiters.count < maximumWaiters else {
            return .failure(
                PostgresError(
                    .poolExhausted,
                    "all \(connections.count) connections are taken and \(maximumWaiters) callers wait already"
                )
            )
        }
        state.waiters.append(waiter)
        return nil
    }

    private func leave(_ ticket: Int) -> CheckedContinuation<Connection, any Error>? {
        state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
            return state.waiters.remove(at: index).continuation
        }
    }

    private func takeClosers(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        guard state.isClosed, state.idle.count == connections.count else { return [] }
        defer { state.closers = [] }
        return state.closers
    }

    private static let closed = PostgresError(.poolClosed, "the pool of connections was closed")
}
