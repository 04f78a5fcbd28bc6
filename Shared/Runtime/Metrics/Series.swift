import CoreMetrics
import Synchronization

/// One metric with its labels.
protocol Series: AnyObject, Sendable {
    func write(name: String, labels: String, to text: inout String)
}

/// A number that several threads add to.
final class Sum: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (isDone, seen) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if isDone { return }
            old = seen
        }
    }
}

final class IntegerCounter: Series, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    func write(name: String, labels: String, to text: inout String) {
        text += PrometheusText.line(name, labels, "\(count.load(ordering: .relaxed))")
    }
}

final class FloatingPointCounter: Series, FloatingPointCounterHandler {
    private let sum = Sum()

    func increment(by amount: Double) { sum.add(amount) }
    func reset() { sum.set(0) }

    func write(name: String, labels: String, to text: inout String) {
        text += PrometheusText.line(name, labels, "\(sum.value)")
    }
}

final class Gauge: Series, MeterHandler, RecorderHandler {
    private let sum = Sum()

    func set(_ value: Int64) { sum.set(Double(value)) }
    func set(_ value: Double) { sum.set(value) }
    func increment(by amount: Double) { sum.add(amount) }
    func decrement(by amount: Double) { sum.add(-amount) }
    func record(_ value: Int64) { sum.set(Double(value)) }
    func record(_ value: Double) { sum.set(value) }

    func write(name: String, labels: String, to text: inout String) {
        text += PrometheusText.line(name, labels, "\(sum.value)")
    }
}
