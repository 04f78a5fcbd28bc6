import SuiteTesting

/// A tenant's first synchronization, and what it took.
struct FirstSynchronization: Sendable {
    let seconds: Double
    /// Seconds on a processor until nothing was left to do, by participant.
    let processorSeconds: [String: Double]
    /// The most memory meanwhile in megabytes, by service.
    let peaks: [String: Double]

    /// Of all participants.
    var allProcessorSeconds: Double { processorSeconds.values.reduce(0, +) }
}

extension MeasuredSuite {
    /// Synchronises a tenant for the first time, and waits until all has arrived everywhere.
    ///
    /// - Throws: ``BenchmarkFailure`` unless exactly `users` people came into the directory.
    func synchronizeFirst(_ connected: ConnectedTenant, users: Int) async throws -> FirstSynchronization {
        SuiteUsage.forgetPeaks(suite)
        let before = SuiteUsage.now(suite)
        let run = try await time(connected)
        try await waitUntilAtRest()
        let after = SuiteUsage.now(suite)
        try run.expect(created: users)
        return FirstSynchronization(
            seconds: run.seconds,
            processorSeconds: after.processorSeconds(since: before),
            peaks: after.peaks
        )
    }
}

extension TimedRun {
    /// A run that did something else than it should is no measurement.
    ///
    /// - Throws: ``BenchmarkFailure`` unless it did exactly this to people.
    func expect(created: Int = 0, updated: Int = 0, unchanged: Int = 0, disabled: Int = 0) throws {
        let users = counts.users
        let found = [users.created, users.updated, users.unchanged, users.removed, users.rejected]
        guard found == [created, updated, unchanged, disabled, 0] else {
            throw BenchmarkFailure("a run did something else than it should: \(users)")
        }
    }
}
