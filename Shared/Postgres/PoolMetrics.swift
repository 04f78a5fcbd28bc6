import Metrics

/// What is shown of a process's pools together: `database_connections`, `database_connections_used`,
/// `database_callers_waiting` and, for how long callers had to wait, `database_wait_seconds`.
struct PoolMetrics: Sendable {
    private let used = Meter(label: "database.connections.used")
    private let waiting = Meter(label: "database.callers.waiting")
    private let wait = Metrics.Timer(label: "database.wait")

    init(connections: Int) {
        Meter(label: "database.connections").increment(by: Double(connections))
        used.increment(by: 0.0)
        waiting.increment(by: 0.0)
    }

    func beginWaiting() { waiting.increment() }
    func endWaiting() { waiting.decrement() }
    func returned() { used.decrement() }

    /// A caller has got a connection.
    func lent(_ connection: Connection, after duration: Duration) -> Connection {
        used.increment()
        wait.record(duration: duration)
        return connection
    }
}
