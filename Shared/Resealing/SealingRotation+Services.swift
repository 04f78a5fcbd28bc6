import BackgroundWork
public import Logging
public import ServiceLifecycle

extension SealingRotation {
    /// What each copy of the service runs: it tells its keys, and has everything sealed by the key that was asked for.
    public func services(every period: Duration = .seconds(5), logger: Logger) -> [any Service] {
        [
            SealingCopy(self, logger: logger),
            PeriodicJob(
                "sealing keys",
                every: period,
                schema: schema,
                database: database,
                logger: logger,
                steps: [Step("resealing") { try await pass() }]
            ),
        ]
    }
}
