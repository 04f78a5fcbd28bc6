import DequeModule

/// How many pages of a run may be on their way: as many as the writer has lately applied in a given time. So whoever
/// comes behind them on their partition waits about that long, however fast the stages are just now.
struct Window {
    /// By when the pace is known, and how old a report may be to tell of it: long enough for several transactions of
    /// the writer, as each applies many pages at once.
    private static let pace = (least: Duration.milliseconds(500), most: Duration.seconds(2))
    /// Pages in a second, until the pace is known.
    private static let firstPace = 640.0
    /// With fewer, each message and each transaction would carry too little.
    private static let fewest = 32
    /// What is left of the time while others come behind, and for how long after one of them it stays so.
    private static let yielding = (share: 4, time: Duration.seconds(2))

    /// Pages at most.
    private let most: Int
    /// For how long pages may be on their way.
    private let delay: Duration
    private var reports: Deque<(applied: Int, time: ContinuousClock.Instant)> = []
    private var pace = firstPace
    private var metOther: ContinuousClock.Instant?

    /// - Parameters:
    ///   - most: Pages at most.
    ///   - delay: For how long pages may be on their way while nobody comes behind them; a quarter of it otherwise.
    init(most: Int, delay: Duration) {
        self.most = most
        self.delay = delay
    }

    /// Pages on their way, at most.
    func pages(at time: ContinuousClock.Instant) -> Int {
        let isYielding = metOther.map { time - $0 < Self.yielding.time } ?? false
        let delay = isYielding ? delay / Self.yielding.share : delay
        return min(most, max(Self.fewest, Int(pace * (delay / .seconds(1)))))
    }

    /// The writer has applied so many pages by then.
    mutating func note(applied: Int, at time: ContinuousClock.Instant) {
        reports.append((applied, time))
        while reports.count > 2, time - reports[0].time > Self.pace.most { reports.removeFirst() }
        let elapsed = time - reports[0].time
        guard elapsed >= Self.pace.least else { return }
        pace = Double(applied - reports[0].applied) / (elapsed / .seconds(1))
    }

    /// Another run was under way on the same partition then.
    mutating func noteOther(at time: ContinuousClock.Instant) {
        metOther = time
    }
}
