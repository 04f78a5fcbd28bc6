import Messages
import Postgres

/// Counts the calls to WeCom of all instances: `fetcher.call_budgets`, one row a subject, interface and window.
///
/// Instances take calls in chunks, so that few of them ask the database. What was taken counts as made.
struct BudgetStore: Sendable {
    /// What came of asking for calls.
    enum Answer: Equatable, Sendable {
        /// So many calls may be made, for as long as the clock minute lasts.
        case granted(Int, lasting: Duration)
        /// None may be made before so long.
        case spent(for: Duration)
    }

    let database: Database

    /// Takes as many of `wanted` calls as all counters have left.
    ///
    /// - Throws: `PostgresError`.
    func take(_ wanted: Int, of interface: String, _ counters: [CallCounter]) async throws -> Answer {
        let subjects = counters.map(\.subject)
        let seconds = counters.map { Int64($0.seconds) }
        let limits = counters.map { Int64($0.limit) }
        return try await database.transaction { connection in
            // In one order for all, so that nobody waits for the other for ever.
            try connection.run(
                """
                insert into fetcher.call_budgets (subject, interface, seconds, started_at, used)
                select w.subject, \(interface), w.seconds, w.started_at, 0 from \(Self.windows(subjects, seconds, limits))
                order by w.subject, w.seconds
                on conflict do nothing
                """
            )
            let rows = try connection.run(
                """
                select w.seconds, w.limit_, b.used, extract(epoch from w.ends_at - now())::double precision
                from \(Self.windows(subjects, seconds, limits))
                join fetcher.call_budgets b
                    on b.subject = w.subject and b.interface = \(interface) and b.seconds = w.seconds
                    and b.started_at = w.started_at
                order by w.subject, w.seconds
                for update of b
                """
            )
            let states = try rows.map { try $0.decode(Int64.self, Int64.self, Int64.self, Double.self) }
            let spent = states.filter { $0.2 >= $0.1 }.map(\.3).max()
            if let spent { return .spent(for: .seconds(max(spent, 0.05))) }
            let granted = states.reduce(Int64(wanted)) { min($0, $1.1 - $1.2) }
            try connection.run(
                """
                update fetcher.call_budgets b set used = b.used + \(granted)
                from \(Self.windows(subjects, seconds, limits))
                where b.subject = w.subject and b.interface = \(interface) and b.seconds = w.seconds
                    and b.started_at = w.started_at
                """
            )
            let lasting = states.filter { $0.0 == 60 }.map(\.3).min() ?? 0
            return .granted(Int(granted), lasting: .seconds(max(lasting, 0)))
        }
    }

    /// The windows `w` that the counters are in now.
    private static func windows(_ subjects: [String], _ seconds: [Int64], _ limits: [Int64]) -> SQL {
        """
        (
            select c.subject, c.seconds, c.limit_, s.started_at,
                s.started_at + make_interval(secs => c.seconds) as ends_at
            from unnest(\(subjects)::text[], \(seconds)::bigint[], \(limits)::bigint[]) as c (subject, seconds, limit_),
                lateral (
                    select to_timestamp(floor(extract(epoch from now()) / c.seconds) * c.seconds) as started_at
                ) s
        ) w
        """
    }
}
