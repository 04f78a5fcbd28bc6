/// How long to wait before the next attempt: longer each time, up to a limit, and never quite the
/// same for two programs.
public struct Backoff: Sendable, Hashable {
    /// Before the second attempt.
    public var first: Duration
    /// At most.
    public var limit: Duration
    /// How much longer each time.
    public var factor: Double
    /// What part of each wait is left to chance, from 0 to 1.
    public var jitter: Double

    /// - Parameters:
    ///   - first: Before the second attempt.
    ///   - limit: At most.
    ///   - factor: How much longer each time; 1 or more.
    ///   - jitter: What part of each wait is left to chance, from 0 to 1.
    public init(
        first: Duration = .milliseconds(100),
        limit: Duration = .seconds(10),
        factor: Double = 2,
        jitter: Double = 0.5
    ) {
        self.first = first
        self.limit = limit
        self.factor = factor
        self.jitter = jitter
    }

    /// The wait after so many attempts failed, from 1.
    public func delay(attempt: Int) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return delay(attempt: attempt, using: &generator)
    }

    /// The wait after so many attempts failed, from 1, with the given chance.
    public func delay(attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        var (delay, failed) = (first, 1)
        while failed < attempt, delay < limit, factor > 1 {
            delay = delay * factor
            failed += 1
        }
        let chance = Double.random(in: 0...1, using: &generator)
        return min(delay, limit) * (1 - jitter * chance)
    }
}
