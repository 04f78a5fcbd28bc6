import Foundation
import Postgres
import SuiteTesting

/// Takes the times of many runs at once, of the first run of each identity provider, until their ends are committed.
actor RunWatch {
    /// A run that is over.
    struct Lap: Sendable {
        let start: ContinuousClock.Instant
        let end: ContinuousClock.Instant

        var seconds: Double { (end - start) / .seconds(1) }
    }

    private let database: Database
    private let clock = ContinuousClock()
    private var starts: [UUID: ContinuousClock.Instant] = [:]
    private(set) var laps: [UUID: Lap] = [:]

    init(_ database: Database) { self.database = database }

    /// Takes the time from now.
    func begin(_ id: UUID) { starts[id] = clock.now }

    /// Asks the database which of the runs that have begun are over. Only those are asked for, each by the key.
    func look() async throws {
        guard !starts.isEmpty else { return }
        let ids = Array(starts.keys)
        let rows = try await database.run(
            """
            select idp_id, outcome from directory.runs
            where idp_id = any(\(ids)::uuid[]) and outcome is not null
            """
        )
        let now = clock.now
        for (id, outcome) in try rows.decode(UUID.self, String.self) {
            guard outcome == "succeeded" else { throw BenchmarkFailure("a run ended as \(outcome)") }
            if let start = starts.removeValue(forKey: id) { laps[id] = Lap(start: start, end: now) }
        }
    }
}
