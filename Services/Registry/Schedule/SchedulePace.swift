import Postgres

/// How fast scheduled runs start over all registries: what was missed in an outage is caught up at twice the usual
/// rate, and never all at once. The database's clock decides.
struct SchedulePace: Sendable {
    /// So many a minute in any case: fewer are no burden to anybody.
    var floor = 12
    /// What was not used for so long may be used at once.
    var slack: Duration = .seconds(15)

    /// Looks once a minute how many are on the schedule.
    func refresh(in database: Database) async throws {
        try await database.run(
            """
            update registry.schedule_pace set rated_at = clock_timestamp(), per_minute = 2 * (
                select coalesce(sum(1.0 / spread_hours), 0) / 60
                from registry.identity_providers where next_run_at is not null
            )
            where rated_at not between clock_timestamp() - interval '1 minute' and clock_timestamp()
            """
        )
    }

    /// Takes the right to start one run now; false where the next one has to wait. A clock that was put back holds
    /// nothing up.
    func take(on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            """
            update registry.schedule_pace
            set free_at = make_interval(secs => 60 / greatest(\(floor)::float8, per_minute)) + greatest(
                least(free_at, clock_timestamp()),
                clock_timestamp() - make_interval(secs => \(slack / .seconds(1)))
            )
            where free_at <= clock_timestamp() or free_at > clock_timestamp() + interval '1 minute'
            returning 1
            """
        )
        return !rows.isEmpty
    }
}
