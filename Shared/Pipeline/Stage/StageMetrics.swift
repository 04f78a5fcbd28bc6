import Kafka
import Messages
import Metrics

/// What is counted of a stage: `stage_records_total`, `stage_dead_letters_total`, `stage_retries_total`,
/// `stage_batch_seconds`, `stage_batch_records`, `stage_delay_seconds` (how long a batch's oldest record had lain when the
/// batch was handled), and for each partition `stage_lag` in messages and `stage_lag_seconds`, which says how long the
/// oldest message has lain that was read and is not handled yet.
struct StageMetrics: Sendable {
    private let records: Counter
    private let deadLetters: Counter
    private let retries: Counter
    private let batch: Metrics.Timer
    private let batchRecords: Recorder
    private let delay: Metrics.Timer
    private let dimensions: [(String, String)]

    init(stage: String) {
        dimensions = [("stage", stage)]
        records = Counter(label: "stage.records", dimensions: dimensions)
        deadLetters = Counter(label: "stage.dead_letters", dimensions: dimensions)
        retries = Counter(label: "stage.retries", dimensions: dimensions)
        batch = Metrics.Timer(label: "stage.batch", dimensions: dimensions)
        batchRecords = Recorder(label: "stage.batch.records", dimensions: dimensions)
        delay = Metrics.Timer(label: "stage.delay", dimensions: dimensions)
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

    /// How many messages are before a partition.
    func show(lag: Int64, of partition: TopicPartition) { gauge("stage.lag", partition).record(lag) }

    /// How long the oldest message of a partition has lain.
    ///
    /// - Parameter oldest: When it was written, in milliseconds since 1970; nil where none is known.
    func show(oldest: Int64?, of partition: TopicPartition, now: Timestamp = .now) {
        let seconds = oldest.map { max(0, Double(now.millisecondsSince1970 - $0) / 1_000) } ?? 0
        gauge("stage.lag.seconds", partition).record(seconds)
    }

    private func gauge(_ label: String, _ partition: TopicPartition) -> Gauge {
        let place = [("topic", partition.topic), ("partition", "\(partition.partition)")]
        return Gauge(label: label, dimensions: dimensions + place)
    }
}
