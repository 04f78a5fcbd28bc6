import Kafka
import Messages
import Metrics

/// What is counted of a stage: `stage_records_total`, `stage_dead_letters_total`, `stage_retries_total`,
/// `stage_batch_seconds`, `stage_batch_records`, `stage_delay_seconds` (how long a batch's oldest record had lain when the
/// batch was handled), `stage_lag`.
struct StageMetrics: Sendable {
    private let records: Counter
    private let deadLetters: Counter
    private let retries: Counter
    private let batch: Metrics.Timer
    private let batchRecords: Recorder
    private let delay: Metrics.Timer
    private let lags: [String: Gauge]

    init(stage: String, topics: [String]) {
        let dimensions = [("stage", stage)]
        records = Counter(label: "stage.records", dimensions: dimensions)
        deadLetters = Counter(label: "stage.dead_letters", dimensions: dimensions)
        retries = Counter(label: "stage.retries", dimensions: dimensions)
        batch = Metrics.Timer(label: "stage.batch", dimensions: dimensions)
        batchRecords = Recorder(label: "stage.batch.records", dimensions: dimensions)
        delay = Metrics.Timer(label: "stage.delay", dimensions: dimensions)
        let gauges = topics.map { ($0, Gauge(label: "stage.lag", dimensions: dimensions + [("topic", $0)])) }
        lags = Dictionary(gauges) { first, _ in first }
    }

    /// - Parameter oldest: When the first record was written, in milliseconds since 1970; 0 when unknown.
    func handled(_ count: Int, in duration: Duration, oldest: Int64) {
        records.increment(by: count)
        batch.record(duration: duration)
        batchRecords.record(count)
        guard oldest > 0, count > 0 else { return }
        delay.recordMilliseconds(max(0, Timestamp.now.millisecondsSince1970 - oldest))
    }

    func rejected(_ count: Int) { deadLetters.increment(by: count) }

    func failed() { retries.increment() }

    /// The lag of the partitions that this member holds, summed up by topic.
    func show(lag: [TopicPartition: Int64]) {
        for (topic, gauge) in lags {
            gauge.record(lag.filter { $0.key.topic == topic }.values.reduce(0, +))
        }
    }
}
