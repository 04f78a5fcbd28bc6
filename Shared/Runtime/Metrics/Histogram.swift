import CoreMetrics
import Synchronization

/// How many values fell into each of a fixed row of buckets.
final class Histogram: Series, RecorderHandler, TimerHandler {
    /// Bounds for seconds: from a millisecond to two minutes.
    static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
    /// Bounds for amounts: from one to a million.
    static let amounts: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000, 100_000, 1_000_000]

    private final class Bucket: Sendable {
        let count = Atomic<Int64>(0)
    }

    private let bounds: [Double]
    /// One a bound, and one for what is beyond.
    private let buckets: [Bucket]
    private let sum = Sum()

    init(_ bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        buckets[index].count.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func write(name: String, labels: String, to text: inout String) {
        let before = labels.isEmpty ? "" : labels + ","
        var count: Int64 = 0
        for (bucket, bound) in zip(buckets, bounds.map { "\($0)" } + ["+Inf"]) {
            count += bucket.count.load(ordering: .relaxed)
            text += PrometheusText.line("\(name)_bucket", "\(before)le=\"\(bound)\"", "\(count)")
        }
        text += PrometheusText.line("\(name)_sum", labels, "\(sum.value)")
        text += PrometheusText.line("\(name)_count", labels, "\(count)")
    }
}
