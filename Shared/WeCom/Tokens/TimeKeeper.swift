/// A clock whose type does not show, so that whatever waits can be tested without waiting.
public struct TimeKeeper: Sendable {
    /// The time since this keeper was made.
    public let now: @Sendable () -> Duration

    /// Waits, or throws when the task is cancelled.
    public let sleep: @Sendable (Duration) async throws -> Void

    /// Keeps a time of the caller's own making, as tests do.
    public init(
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// Keeps the time of `clock`.
    public init<C: Clock>(_ clock: C) where C.Duration == Duration {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
    }

    /// The system's continuous clock.
    public static var continuous: TimeKeeper { TimeKeeper(ContinuousClock()) }
}
