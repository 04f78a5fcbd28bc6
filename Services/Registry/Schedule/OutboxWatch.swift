import Metrics
import Postgres
import Runtime

/// Makes the program unready while changes wait too long to be published: then the brokers are away.
struct OutboxWatch: Sendable {
    let database: Database
    let readiness: Readiness

    /// Longer than any round of the relay takes while all is well.
    private static let limit: Double = 30

    private static let age = Gauge(label: "registry.outbox.age.seconds")

    /// Looks at the oldest record that waits.
    func look() async throws {
        let rows = try await database.run(
            "select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from registry.outbox"
        )
        guard let row = rows.first else { return }
        let age = try row.decode(Double.self)
        Self.age.record(age)
        let reason = "changes have been waiting to be published for \(Int(age)) seconds"
        readiness.set("outbox", ready: age < Self.limit, reason: reason)
    }
}
