import Messages
import Metrics

/// What is counted of runs: `registry_runs_started_total` by cause.
enum RunMetrics {
    static func started(_ cause: RunSync.Cause) {
        Counter(label: "registry.runs.started", dimensions: [("cause", cause.rawValue)]).increment()
    }
}
