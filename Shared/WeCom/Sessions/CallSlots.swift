/// Shares among enterprises how many calls may be in flight at once: each in its turn, so that one with many calls keeps
/// no other waiting for more than one of its own.
public actor CallSlots {
    private let limit: Int
    private var inFlight = 0
    private var waiters: [CorpID: Waiters] = [:]
    /// The highest number of anybody who has waited.
    private var last = 0
    /// Enterprises that wait, in the order of their turns.
    private var turns: [CorpID] = []

    /// - Parameter limit: Calls in flight at once, over all enterprises.
    public init(limit: Int) {
        self.limit = max(limit, 1)
    }

    /// How many calls are in flight now.
    public var used: Int { inFlight }

    /// How many calls wait for a place now.
    var waiting: Int { waiters.values.reduce(0) { $0 + $1.count } }

    /// Waits for a place; each must be given back by ``leave()``.
    ///
    /// - Throws: `CancellationError`.
    func enter(_ corp: CorpID) async throws {
        try Task.checkCancellation()
        if inFlight < limit, turns.isEmpty {
            inFlight += 1
            return
        }
        if waiters[corp] == nil { turns.append(corp) }
        let (id, stream) = waiters[corp, default: Waiters(after: last)].add()
        last = max(last, id)
        for await _ in stream {}
        // Whoever let this task go has counted it; one that was not let go was cancelled.
        if waiters[corp]?.remove(id) == true {
            if waiters[corp]?.isEmpty == true { retire(corp) }
            throw CancellationError()
        }
        if Task.isCancelled {
            leave()
            throw CancellationError()
        }
    }

    func leave() {
        inFlight -= 1
        while inFlight < limit, let corp = turns.first {
            turns.removeFirst()
            guard waiters[corp]?.letFirstGo() == true else {
                waiters[corp] = nil
                continue
            }
            inFlight += 1
            // Its next call comes after everybody else's.
            if waiters[corp]?.isEmpty == true { waiters[corp] = nil } else { turns.append(corp) }
        }
    }

    private func retire(_ corp: CorpID) {
        waiters[corp] = nil
        turns.removeAll { $0 == corp }
    }
}
