public import CoreMetrics
import Synchronization

/// Metrics that Prometheus can scrape, in its text format.
///
/// To make a metric looks it up under a lock, to count costs one atomic operation: make metrics
/// once and keep them. Two of the same name and dimensions are one.
public final class PrometheusFactory: MetricsFactory {
    private let families = Mutex<[String: Family]>([:])

    /// An empty set of metrics.
    public init() {}

    /// The metrics in Prometheus's text format 0.0.4, sorted by name.
    public var text: String {
        let families = families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) where !family.series.isEmpty {
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name: name, labels: labels, to: &text)
            }
        }
        return text
    }

    /// A counter, named `…_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, "_total", .counter, dimensions) { IntegerCounter() }
    }

    /// A counter of fractions, named `…_total`.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, "_total", .counter, dimensions) { FloatingPointCounter() }
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, "", .gauge, dimensions) { Gauge() }
    }

    /// A histogram, or a gauge where the values are not to be summed up.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(label, "", .gauge, dimensions) { Gauge() } }
        return series(label, "", .histogram, dimensions) { Histogram(Histogram.amounts) }
    }

    /// A histogram of seconds, named `…_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, "_seconds", .histogram, dimensions) { Histogram(Histogram.seconds) }
    }

    /// Stops showing a counter.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    /// Stops showing a counter.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    /// Stops showing a gauge.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    /// Stops showing a histogram or gauge.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    /// Stops showing a histogram.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// A name that is taken by another kind of metric gives one that counts unseen.
    private func series<Made: Series>(
        _ label: String,
        _ suffix: String,
        _ kind: Kind,
        _ dimensions: [(String, String)],
        _ make: () -> Made
    ) -> Made {
        let name = PrometheusText.name(label, suffix: suffix)
        let labels = PrometheusText.labels(dimensions)
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            guard family.kind == kind else { return make() }
            if let known = family.series[labels] { return known as? Made ?? make() }
            let made = make()
            family.series[labels] = made
            families[name] = family
            return made
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            families = families.mapValues { family in
                Family(kind: family.kind, series: family.series.filter { $0.value !== handler })
            }
        }
    }

    private enum Kind: String { case counter, gauge, histogram }

    private struct Family {
        let kind: Kind
        var series: [String: any Series] = [:]
    }
}
