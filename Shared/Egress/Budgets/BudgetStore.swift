public import Postgres

/// Counts the calls to WeCom of all instances of a service in its `call_budgets`, one row a subject, interface and window.
///
/// Instances take calls in chunks, so that few of them ask the database. What was taken counts as made.
public struct BudgetStore: Sendable {
    /// What came of asking for calls.
    public enum Answer: Equatable, Sendable {
        /// So many calls may be made, for as long as the clock minute lasts.
        case granted(Int, lasting: Duration)
        /// None may be made before so long.
        case spent(for: Duration)
    }

    private let database: Database
    private let table: SQL

    /// - Parameter schema: Whose migrations include ``EgressSchema/migrationSQL(schema:)``.
    public init(database: Database, schema: String) {
        self.database = database
        table = "\(identifier: schema, "call_budgets")"
    }

    /// Takes as many of `wanted` calls as all counters have left, in one statement: nobody who stands still in between
    /// keeps others from their calls.
    ///
    /// Who comes at the same moment may leave a counter with less than the least; what one counter grants more than
    /// another counts as made.
    ///
    /// - Throws: `PostgresError`.
    public func take(_ wanted: Int, of interface: String, _ counters: [CallCounter]) async throws -> Answer {
        try Self.answer(await database.run(taking(wanted, of: interface, counters)))
    }

    /// The statement of ``take(_:of:_:)``.
    public func taking(_ wanted: Int, of interface: String, _ counters: [CallCounter]) -> SQL {
        let subjects = counters.map(\.subject)
        let seconds = counters.map { Int64($0.seconds) }
        let limits = counters.map { Int64($0.limit) }
        return """
            with w as (select * from \(Self.windows(subjects, seconds, limits))), open as (
                select greatest(0, least(\(Int64(wanted))::bigint, min(w.limit_ - coalesce(b.used, 0)))) as calls
                from w left join \(table) b
                    on b.subject = w.subject and b.interface = \(interface) and b.seconds = w.seconds
                    and b.started_at = w.started_at
            ), taken as (
                insert into \(table) as b (subject, interface, seconds, started_at, used, granted, most)
                select w.subject, \(interface), w.seconds, w.started_at, open.calls, open.calls, w.limit_ from w, open
                order by w.subject, w.seconds
                on conflict (subject, interface, seconds, started_at) do update set
                    granted = greatest(0, least(excluded.granted, excluded.most - b.used)),
                    used = b.used + greatest(0, least(excluded.granted, excluded.most - b.used)),
                    most = excluded.most
                returning subject, seconds, granted, used >= most as is_spent
            )
            select t.seconds, t.granted, t.is_spent, extract(epoch from w.ends_at - now())::double precision
            from taken t join w using (subject, seconds)
            """
    }

    /// What the rows of ``taking(_:of:_:)`` say.
    public static func answer(_ rows: [Row]) throws -> Answer {
        let states = try rows.map { try $0.decode(Int64.self, Int64.self, Bool.self, Double.self) }
        let granted = states.map(\.1).min() ?? 0
        guard granted > 0 else {
            let wait = states.filter(\.2).map(\.3).max() ?? 0
            return .spent(for: .seconds(max(wait, 0.05)))
        }
        let lasting = states.filter { $0.0 == 60 }.map(\.3).min() ?? 0
        return .granted(Int(granted), lasting: .seconds(max(lasting, 0)))
    }

    /// The counter that has nothing left for the longest time, and for how long; nil while all have something.
    ///
    /// - Throws: `PostgresError`.
    public func spent(
        of interface: String,
        _ counters: [CallCounter]
    ) async throws -> (counter: CallCounter, wait: Duration)? {
        try Self.spent(await database.run(spending(of: interface, counters)), counters)
    }

    /// The statement of ``spent(of:_:)``.
    public func spending(of interface: String, _ counters: [CallCounter]) -> SQL {
        let (subjects, limits) = (counters.map(\.subject), counters.map { Int64($0.limit) })
        let seconds = counters.map { Int64($0.seconds) }
        return """
            with w as (select * from \(Self.windows(subjects, seconds, limits)))
            select w.subject, w.seconds, extract(epoch from w.ends_at - now())::double precision
            from w join \(table) b on b.subject = w.subject and b.interface = \(interface) and b.seconds = w.seconds
                and b.started_at = w.started_at
            where b.used >= w.limit_ order by w.ends_at desc limit 1
            """
    }

    /// What the rows of ``spending(of:_:)`` say.
    public static func spent(
        _ rows: [Row],
        _ counters: [CallCounter]
    ) throws -> (counter: CallCounter, wait: Duration)? {
        guard let row = rows.first else { return nil }
        let (subject, length, wait) = try row.decode(String.self, Int64.self, Double.self)
        let counter = counters.first { $0.subject == subject && $0.seconds == Int(length) }
        return counter.map { ($0, .seconds(max(wait, 0.05))) }
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
