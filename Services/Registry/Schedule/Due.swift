import Messages

/// When the schedule starts the next run.
enum Due {
    /// After a change of the configuration: a cycle from now for one that comes onto the schedule; one that was on it
    /// already keeps its turn, moved by as much as its cycle changed.
    static func afterChange(from old: IdentityProvider?, to new: IdentityProvider, now: Timestamp = .now) -> Timestamp?
    {
        guard new.isScheduled else { return nil }
        let cycle = new.configuration.cycleHours.duration
        guard let old, let due = old.nextRunAt else { return now.advanced(by: cycle) }
        return max(now, due.advanced(by: cycle - old.configuration.cycleHours.duration))
    }

    /// After a run of the schedule: a cycle later, and a little at random, so that those that were set up together
    /// drift apart.
    static func afterRun(_ cycle: SyncCycle, now: Timestamp = .now) -> Timestamp {
        let spread = min(cycle.duration / 20, .seconds(300))
        return now.advanced(by: cycle.duration + spread * Double.random(in: 0..<1))
    }
}
