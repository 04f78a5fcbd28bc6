import Messages
import Metrics

/// What is counted of runs: `registry_runs_started_total` by cause, `registry_runs_finished_total` by outcome, and
/// `registry_run_seconds` from the request to the end.
enum RunMetrics {
    static func started(_ cause: RunSync.Cause) {
        Counter(label: "registry.runs.started", dimensions: [("cause", cause.rawValue)]).increment()
    }

    /// Counted once the transaction that ends the run has committed: one that has to be repeated counts once.
    static func finished(_ run: Run, _ end: RunEnd) {
        counter(of: end.outcome).increment()
        guard let at = end.at else { return }
        Metrics.Timer(label: "registry.run")
            .recordMilliseconds(max(0, at.millisecondsSince1970 - run.requestedAt.millisecondsSince1970))
    }

    /// Shows every outcome from the start, so that the first of its kind is seen as growth.
    static func show() {
        for outcome in RunOutcome.allCases { counter(of: outcome).increment(by: 0) }
    }

    private static func counter(of outcome: RunOutcome) -> Counter {
        Counter(label: "registry.runs.finished", dimensions: [("outcome", outcome.rawValue)])
    }
}
