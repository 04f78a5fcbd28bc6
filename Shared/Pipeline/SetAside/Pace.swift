/// Keeps work from going on faster than so many records a second.
public struct Pace: Sendable {
    /// How much is done at once at most: a quarter of a second's, so that the rate is kept within each second.
    public let portion: Int
    private let perSecond: Int?
    private var due: ContinuousClock.Instant?

    private static let largestPortion = 200

    /// - Parameter perSecond: `nil` for as fast as may be.
    public init(perSecond: Int?) {
        self.perSecond = perSecond
        portion = perSecond.map { min(max($0 / 4, 1), Self.largestPortion) } ?? Self.largestPortion
    }

    /// Waits until so many may be done.
    public mutating func wait(for count: Int) async throws {
        guard let perSecond else { return }
        let now = ContinuousClock.now
        let start = max(due ?? now, now)
        if start > now { try await Task.sleep(until: start, clock: .continuous) }
        due = start + .seconds(Double(count) / Double(perSecond))
    }
}
