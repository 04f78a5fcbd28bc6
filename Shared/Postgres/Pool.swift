import Dispatch
import ServiceLifecycle
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
    private let parting: Parting
    private let metrics: PoolMetrics
    private let state: Mutex<State>
    private static let queue = DispatchQueue(label: "postgres.pool")

    init(_ connections: [Connection], maximumWaiters: Int, parting: Parting) {
        self.connections = connections
        self.maximumWaiters = maximumWaiters
        self.parting = parting
        metrics = PoolMetrics(connections: connections.count)
        state = Mutex(State(idle: connections.reversed()))
    }

    /// How many callers stand in line.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// A connection for the caller alone, who must give it back.
    /// - Parameter limit: How long to stand in line at most.
    /// - Throws: ``PostgresError`` when too many wait, when it took too long or the pool was closed;
    ///   `CancellationError`.
    func acquire(within limit: Duration) async throws -> Connection {
        let start = ContinuousClock.now
        if let connection = try takeIdle() { return metrics.lent(connection, after: .zero) }
        metrics.beginWaiting()
        defer { metrics.endWaiting() }
        return metrics.lent(try await standInLine(within: limit), after: .now - start)
    }

    private func standInLine(within limit: Duration) async throws -> Connection {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let outcome = state.withLock { state in
                        enter(&state, Waiter(ticket: ticket, continuation: continuation))
                    }
                    if let outcome { continuation.resume(with: outcome) } else { turnAway(ticket, after: limit) }
                }
            } onGracefulShutdown: {
                self.turnAway(ticket, after: self.parting.limit)
            }
        } onCancel: {
            leave(ticket)?.resume(throwing: CancellationError())
        }
    }

    /// Gives a connection back.
    func release(_ connection: Connection) {
        metrics.returned()
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

    private func takeIdle() throws -> Connection? {
        try Task.checkCancellation()
        return state.withLock { state in state.isClosed ? nil : state.idle.popLast() }
    }

    private func turnAway(_ ticket: Int, after limit: Duration) {
        Self.queue.asyncAfter(deadline: .now() + limit.dispatched) { [weak self] in
            guard let self else { return }
            leave(ticket)?.resume(
                throwing: PostgresError(
                    .timedOut,
                    "no connection came free within \(limit): all \(connections.count) are taken"
                )
            )
        }
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
