/// How many pages of a run may be on their way: as many as the writer has lately applied in a given time. So whoever
/// comes behind them on their partition waits about that long, however fast the stages are just now.
struct Window {
    /// By when the pace is known, and how old a report may be to tell of it: long enough for several transactions of
    /// the writer, as each applies many pages at once.
    private static let pace = (least: Duration.milliseconds(500), most: Duration.seconds(2))
    /// Until the pace is known.
    private static let first = 256
    /// So many keep all stages busy where next to nothing else is to be done.
    private static let fewest = 64

    /// Pages at most.
    private let most: Int
    /// For how long pages may be on their way.
    private let delay: Duration
    private var reports: [Report] = []
    /// Pages on their way, at most, by what is known now.
    private(set) var pages: Int

    private struct Report {
        let applied: Int
        let time: ContinuousClock.Instant
    }

    /// - Parameters:
    ///   - most: Pages at most.
    ///   - delay: For how long pages may be on their way.
    init(most: Int, delay: Duration) {
        self.most = most
        self.delay = delay
        pages = min(most, Self.first)
    }

    /// The writer has applied so many pages by then.
    mutating func note(applied: Int, at time: ContinuousClock.Instant) {
        reports.append(Report(applied: applied, time: time))
        while reports.count > 2, time - reports[0].time > Self.pace.most { reports.removeFirst() }
        let elapsed = time - reports[0].time
        guard elapsed >= Self.pace.least else { return }
        let pace = Double(applied - reports[0].applied) / (elapsed / .seconds(1))
        pages = min(most, max(Self.fewest, Int(pace * (delay / .seconds(1)))))
    }
}
