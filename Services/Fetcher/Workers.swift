import ServiceLifecycle

/// Runs and errands, worked on beside each other: they stop at once, and not one after the other, so that waiting for a
/// database that does not answer costs its time once.
struct Workers: Service {
    let runs: RunWorker
    let errands: ErrandWorker

    /// Works until graceful shutdown.
    func run() async throws {
        async let runs: Void = runs.run()
        async let errands: Void = errands.run()
        _ = try await (runs, errands)
    }
}
