import Synchronization

/// Counts what several tasks do.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add(_ more: Int = 1) { number.add(more, ordering: .relaxed) }
}
