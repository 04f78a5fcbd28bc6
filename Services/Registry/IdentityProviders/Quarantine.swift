import Messages

/// The state of an identity provider whose runs fail again and again: it is synchronised slowly until one succeeds.
struct Quarantine: Sendable, Equatable, Encodable {
    /// Since when, by the database's clock.
    var since: Timestamp
    /// Why: what the last failed run said.
    var reason: String
    /// How many runs failed in a row.
    var failures: Int

    /// So many failures in a row lead to it.
    static let threshold = 5

    /// How long the schedule rests after a failure: the cycle doubled with each failure in quarantine, a day at most.
    static func rest(after failures: Int, cycle: SyncCycle) -> Duration {
        guard failures >= threshold else { return .zero }
        let doublings = min(failures - threshold + 1, 5)
        return min(cycle.duration * (1 << doublings), .seconds(24 * 3_600))
    }
}

extension IdentityProvider {
    /// Whether it is synchronised slowly.
    var isQuarantined: Bool { quarantine != nil }

    /// How long the schedule rests after a run.
    var rest: Duration {
        quarantine.map { Quarantine.rest(after: $0.failures, cycle: configuration.cycleHours) } ?? .zero
    }
}
