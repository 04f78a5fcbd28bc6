import DequeModule

/// Tasks that wait until they are let go, in the order they came; kept by an actor, or under a lock.
///
/// A waiting task iterates the stream that ``add()`` gives it. The stream ends when the task is let go, and also when it
/// is cancelled; ``remove(_:)`` afterwards tells which.
struct Waiters {
    private var order: Deque<Int> = []
    private var continuations: [Int: AsyncStream<Never>.Continuation] = [:]
    private var next: Int

    /// - Parameter last: Above it are the numbers of those who wait: nobody who is let go, and has not heard of it yet,
    ///   may be taken for another one.
    init(after last: Int = 0) { next = last }

    var isEmpty: Bool { continuations.isEmpty }

    var count: Int { continuations.count }

    mutating func add() -> (id: Int, stream: AsyncStream<Never>) {
        next += 1
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        order.append(next)
        continuations[next] = continuation
        return (next, stream)
    }

    /// Takes a task that no longer waits off the list; true if nobody had let it go.
    mutating func remove(_ id: Int) -> Bool {
        guard continuations.removeValue(forKey: id) != nil else { return false }
        if continuations.isEmpty { order.removeAll() }
        return true
    }

    /// Lets the task go that waits longest; false if none waits.
    mutating func letFirstGo() -> Bool {
        // Those that were removed meanwhile are passed over.
        while let first = order.popFirst() {
            guard let continuation = continuations.removeValue(forKey: first) else { continue }
            continuation.finish()
            return true
        }
        return false
    }

    mutating func letAllGo() {
        while letFirstGo() {}
    }
}
