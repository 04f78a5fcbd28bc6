public import Runtime

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

    /// Calls in a row without an answer, after which an enterprise is not called for a while.
    public var unansweredCalls: Int

    /// For how long.
    public var silence: Duration

    /// How often a call waits that is not made as WeCom has not answered others, before that counts as lost on the way.
    /// Zero where somebody waits for the answer.
    public var silentRetries: Int

    /// How long the waits between repetitions are.
    public var backoff: Backoff

    /// The defaults are for production.
    public init(
        concurrency: Int = 8,
        busyRetries: Int = 3,
        transportRetries: Int = 5,
        concurrencyRetries: Int = 6,
        pause: Duration = .seconds(60),
        maximumPauses: Int = 3,
        unansweredCalls: Int = 10,
        silence: Duration = .seconds(5),
        silentRetries: Int = 0,
        backoff: Backoff = Backoff(first: .milliseconds(500), limit: .seconds(20))
    ) {
        self.concurrency = concurrency
        self.busyRetries = busyRetries
        self.transportRetries = transportRetries
        self.concurrencyRetries = concurrencyRetries
        self.pause = pause
        self.maximumPauses = maximumPauses
        self.unansweredCalls = unansweredCalls
        self.silence = silence
        self.silentRetries = silentRetries
        self.backoff = backoff
    }
}
