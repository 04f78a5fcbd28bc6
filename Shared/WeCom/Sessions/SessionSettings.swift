/// How a session treats WeCom: how much at once, and how patiently.
public struct SessionSettings: Sendable, Hashable {
    /// Calls in flight for one enterprise (wecom.md §6: at most 5 to 10).
    public var concurrency: Int

    /// How often a call is repeated that WeCom was too busy for (errcode -1); WeCom's own advice is 3.
    public var busyRetries: Int

    /// How often a call is repeated that got lost on the way, was answered by a proxy or not in full.
    public var transportRetries: Int

    /// How often a call is repeated with less and less concurrency (45033).
    public var concurrencyRetries: Int

    /// How long nothing is called once the frequency limit is reached (45009). WeCom blocks for a minute at least.
    public var pause: Duration

    /// How many pauses in a row, after which the error is thrown.
    public var maximumPauses: Int

    /// How long the waits between repetitions are.
    public var retryDelay: RetryDelay

    /// The defaults are for production.
    public init(
        concurrency: Int = 8,
        busyRetries: Int = 3,
        transportRetries: Int = 5,
        concurrencyRetries: Int = 6,
        pause: Duration = .seconds(60),
        maximumPauses: Int = 3,
        retryDelay: RetryDelay = RetryDelay()
    ) {
        self.concurrency = concurrency
        self.busyRetries = busyRetries
        self.transportRetries = transportRetries
        self.concurrencyRetries = concurrencyRetries
        self.pause = pause
        self.maximumPauses = maximumPauses
        self.retryDelay = retryDelay
    }
}

/// Waits that double, up to a limit, and differ from caller to caller.
public struct RetryDelay: Sendable, Hashable {
    /// Before the first repetition.
    public var first: Duration

    /// The longest.
    public var limit: Duration

    /// How much of a wait is left to chance, from 0 to 1.
    public var jitter: Double

    /// - Parameters:
    ///   - first: Before the first repetition.
    ///   - limit: The longest.
    ///   - jitter: How much of a wait is left to chance, from 0 to 1.
    public init(first: Duration = .milliseconds(500), limit: Duration = .seconds(20), jitter: Double = 0.5) {
        self.first = first
        self.limit = limit
        self.jitter = jitter
    }

    /// The wait before the repetition of this number, from 1.
    func delay(repetition: Int) -> Duration {
        let doubled = first * (1 << min(max(repetition - 1, 0), 20))
        return min(doubled, limit) * (1 - Double.random(in: 0...1) * min(max(jitter, 0), 1))
    }
}
