/// Lets so many calls of one enterprise through at once, and none while WeCom's frequency limit holds.
actor Gate {
    private let time: TimeKeeper
    private let maximum: Int
    private let pauseLength: Duration
    private let maximumPauses: Int
    private var limit: Int
    private var inFlight = 0
    private var waiters = Waiters()
    private var pausedUntil: Duration?
    private var pausesInRow = 0
    private var successesInRow = 0
    private var loweredAt: Duration?

    init(settings: SessionSettings, time: TimeKeeper) {
        self.time = time
        maximum = max(settings.concurrency, 1)
        limit = max(settings.concurrency, 1)
        pauseLength = settings.pause
        maximumPauses = settings.maximumPauses
    }

    /// How many calls may be in flight now.
    var concurrency: Int { limit }

    /// Waits for a place; each must be given back by ``leave()``.
    func enter() async throws {
        try Task.checkCancellation()
        if inFlight < limit, waiters.isEmpty {
            inFlight += 1
            return
        }
        let (id, stream) = waiters.add()
        for await _ in stream {}
        // Whoever let this task go has counted it; one that was not let go was cancelled.
        guard !waiters.remove(id) else { throw CancellationError() }
        if Task.isCancelled {
            leave()
            throw CancellationError()
        }
    }

    func leave() {
        inFlight -= 1
        admit()
    }

    private func admit() {
        while inFlight < limit, waiters.letFirstGo() { inFlight += 1 }
    }

    /// Waits until no pause is on, and says when that was.
    func pauseEnds() async throws -> Duration {
        while let until = pausedUntil, case let now = time.now(), now < until {
            try await time.sleep(until - now)
        }
        return time.now()
    }

    /// Starts a pause, unless the rejected call began before the last one ended: then it is the same trouble.
    ///
    /// Returns false once there have been too many pauses in a row.
    func pause(callBegan: Duration) -> Bool {
        if let pausedUntil, callBegan < pausedUntil { return true }
        guard pausesInRow < maximumPauses else { return false }
        pausesInRow += 1
        pausedUntil = time.now() + pauseLength
        return true
    }

    /// Halves the concurrency, unless the rejected call began before it was halved last: then it is the same crowd.
    func lower(callBegan: Duration) {
        if let loweredAt, callBegan <= loweredAt { return }
        loweredAt = time.now()
        limit = max(limit / 2, 1)
        successesInRow = 0
    }

    /// A call went well: after a hundred in a row one more may be in flight again.
    func succeeded() {
        pausesInRow = 0
        guard limit < maximum else { return }
        successesInRow += 1
        guard successesInRow >= 100 else { return }
        successesInRow = 0
        limit += 1
        admit()
    }
}
