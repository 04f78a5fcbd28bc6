import Logging
import Metrics
import Postgres
import Runtime

/// Says by readiness and metrics how an outbox does: any relay looks after it, whoever publishes.
struct RelayHealth {
    let outbox: Outbox
    let readiness: Readiness
    private var lastError: String?
    private var failingSince: ContinuousClock.Instant?
    private var lastLook: ContinuousClock.Instant?

    /// Longer than any round of a relay takes while all is well.
    private static let limit = Duration.seconds(30)
    private static let period = Duration.seconds(5)

    init(outbox: Outbox, readiness: Readiness) {
        self.outbox = outbox
        self.readiness = readiness
    }

    private var name: String { "outbox \(outbox.schema)" }

    /// Keeps an error in mind until a round succeeds.
    mutating func note(_ error: any Error) {
        lastError = "\(error)"
        failingSince = failingSince ?? .now
    }

    /// A round has succeeded.
    mutating func noteSuccess() {
        (lastError, failingSince) = (nil, nil)
    }

    /// Looks at the oldest record that waits and at what was refused, every five seconds.
    mutating func look(by connection: Connection) async {
        if let lastLook, lastLook.duration(to: .now) < Self.period { return }
        lastLook = .now
        do {
            let outbox = outbox
            let state = try await connection.perform(within: Self.period) { try outbox.state(on: $0) }
            Gauge(label: "outbox.depth", dimensions: [("schema", outbox.schema)]).record(state.depth)
            report(age: state.age, refused: state.refused)
        } catch {
            note(error)
            guard let failingSince, failingSince.duration(to: .now) > Self.limit else { return }
            readiness.set(name, ready: false, reason: "the outbox cannot be looked at: \(error)")
        }
    }

    private func report(age: Double, refused: Int) {
        Gauge(label: "outbox.age.seconds", dimensions: [("schema", outbox.schema)]).record(age)
        Gauge(label: "outbox.refused", dimensions: [("schema", outbox.schema)]).record(refused)
        let cause = lastError ?? "another instance publishes, and does not get on"
        readiness.set(
            name,
            ready: age < Self.limit / .seconds(1),
            reason: "records have been waiting to be published for \(Int(age)) seconds: \(cause)"
        )
        readiness.remark(
            name,
            refused == 0
                ? nil
                : "\(refused) records can never be published and were set aside in \(outbox.schema).outbox_refused"
        )
    }
}

extension Outbox {
    /// How many seconds the oldest record has waited, how many records wait (counted up to a hundred thousand), and how
    /// many were set aside.
    fileprivate func state(on connection: isolated Connection) throws -> (age: Double, depth: Int, refused: Int) {
        let rows = try connection.run(
            """
            select
                coalesce(extract(epoch from clock_timestamp() - (select created_at from \(table) order by id limit 1)), 0)
                    ::float8,
                (select count(*) from (select from \(table) limit 100000) as waiting),
                (select count(*) from \(refused))
            """
        )
        guard let row = rows.first else { return (0, 0, 0) }
        let (age, depth, refused) = try row.decode(Double.self, Int.self, Int.self)
        return (age, depth, refused)
    }
}
