public import Failures
import Foundation
public import Logging
import Metrics
public import Postgres
public import Runtime
public import ServiceLifecycle
import Synchronization

/// Works off the rows of a table: any number of instances, each row by one of them at a time, at least once.
///
/// A row is claimed with a lease that is renewed while its work goes on, so that another instance goes on soon after
/// this one died or stands still. Rows are decoded one by one: one that cannot be read, or whose work fails for good,
/// is set aside with its reason; what may pass is tried again later and later (architecture.md §5). Old rows are
/// deleted by a ``Step/deletion(_:from:where:in:)``.
///
/// Where the table has lanes (``QueueTable/Lane``), one whose last row was put off is left alone by the instance that had
/// it, by the policy's backoff; the rows that wait there do not count as tried.
///
/// Trouble is a log line and `background_rows_total`, and makes nobody unready. `background_queue` says how many rows
/// wait though it is their turn, and how many were set aside.
public final class WorkQueue<Item: Sendable>: Service, Sendable {
    /// How a queue goes about it.
    public struct Policy: Sendable {
        /// How many rows an instance works on at once.
        public var concurrency: Int
        /// How often to look for rows when nobody nudges.
        public var interval: Duration
        /// How long a row is an instance's own from each renewal.
        public var lease: Duration
        /// How long to wait after failures that may pass.
        public var backoff: Backoff
        /// What is to be done about a failure; by default what the error's own class says.
        public var judge: @Sendable (Claim<Item>, any Error) -> FailureClass
        /// What is written down as the reason; never with a secret.
        public var describe: @Sendable (any Error) -> String

        /// The values are those of most queues.
        public init(
            concurrency: Int = 1,
            interval: Duration = .seconds(1),
            lease: Duration = .seconds(30),
            backoff: Backoff = Backoff(first: .seconds(1), limit: .seconds(60)),
            judge: @escaping @Sendable (Claim<Item>, any Error) -> FailureClass = { FailureClass(of: $1) },
            describe: @escaping @Sendable (any Error) -> String = { "\($0)" }
        ) {
            self.concurrency = concurrency
            self.interval = interval
            self.lease = lease
            self.backoff = backoff
            self.judge = judge
            self.describe = describe
        }
    }

    private let name: String
    private let table: QueueTable
    private let database: Database
    private let policy: Policy
    private let logger: Logger
    private let decode: @Sendable (Row) throws -> Item
    private let work: @Sendable (Claim<Item>) async throws -> Void
    private let owner = UUID().uuidString
    private let busy = Atomic(0)
    private let lanes: RestingLanes
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - name: For logs and metrics: `callbacks`.
    ///   - decode: Reads the columns that the table names.
    ///   - work: Does it. It must bear to be done again.
    public init(
        _ name: String,
        table: QueueTable,
        database: Database,
        policy: Policy = Policy(),
        logger: Logger,
        decode: @escaping @Sendable (Row) throws -> Item,
        work: @escaping @Sendable (Claim<Item>) async throws -> Void
    ) {
        self.name = name
        self.table = table
        self.database = database
        self.policy = policy
        self.logger = logger
        self.decode = decode
        self.work = work
        lanes = RestingLanes(policy.backoff)
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        for outcome in Outcome.allCases { count(outcome, 0) }
    }

    /// How many rows wait though it is their turn, and how many were set aside.
    var figure: DatabaseFigures.Figure { table.figure(of: name) }

    /// A row was written: look now instead of at the next interval.
    public func nudge() {
        signal.yield()
    }

    /// Works until graceful shutdown, which lets what is in hand come to its end.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await cancelWhenGracefulShutdown {
                    while !Task.isCancelled {
                        self.signal.yield()
                        try? await Task.sleep(for: self.policy.interval)
                    }
                }
            }
            group.addTask { await DatabaseFigures([self.figure], in: self.database, logger: self.logger).run() }
            for await _ in signals.cancelOnGracefulShutdown() {
                if Task.isCancelled { break }
                await fill(&group)
            }
        }
    }

    /// Works off all rows whose turn it is, one after another.
    /// - Returns: How many there were.
    /// - Throws: `PostgresError` when they cannot be claimed.
    @discardableResult
    public func drain() async throws -> Int {
        var count = 0
        while let taken = try await take(1), !Task.isCancelled {
            count += taken.rows
            for claim in taken.claims { await deal(with: claim) }
        }
        return count
    }

    /// Claims as many rows as there is room for, and works on them beside others.
    private func fill(_ group: inout DiscardingTaskGroup) async {
        let room = policy.concurrency - busy.load(ordering: .relaxed)
        guard room > 0 else { return }
        do {
            guard let taken = try await take(room) else { return }
            for claim in taken.claims {
                busy.add(1, ordering: .relaxed)
                group.addTask {
                    await self.deal(with: claim)
                    self.busy.subtract(1, ordering: .relaxed)
                    self.nudge()
                }
            }
            if taken.claims.count < taken.rows { nudge() }
        } catch {
            if Task.isCancelled { return }
            logger.warning("cannot look for background work", metadata: ["queue": "\(name)", "error": "\(error)"])
        }
    }

    /// Claims rows; those that cannot be read are set aside at once. `nil` when no row is due.
    private func take(_ count: Int) async throws -> (rows: Int, claims: [Claim<Item>])? {
        let claim = table.claim(count, by: owner, for: policy.lease, sparing: lanes.current())
        let rows = try await database.run(claim)
        guard !rows.isEmpty else { return nil }
        var claims: [Claim<Item>] = []
        for row in rows {
            let (key, attempts, lane) = try row.decode(String.self, Int.self, String?.self)
            let ticket = Ticket(key: key, owner: owner, attempts: attempts, lane: lane)
            do {
                claims.append(Claim(item: try decode(row.dropFirst(3)), ticket: ticket, table: table))
            } catch {
                try await setAside(ticket, because: "the row cannot be read: \(policy.describe(error))")
            }
        }
        return (rows.count, claims)
    }

    private func deal(with claim: Claim<Item>) async {
        let (table, database, lease) = (table, database, policy.lease)
        do {
            try await beating(every: lease / 3) {
                if try await database.run(table.renew(claim.ticket, for: lease)).isEmpty { throw ClaimLost() }
            } while: { [work] in
                try await work(claim)
                try await database.run(table.finish(claim.ticket))
            }
            if let lane = claim.ticket.lane { lanes.succeeded(lane) }
            count(.done)
        } catch {
            await settle(claim, error)
        }
    }

    /// Tries again later, or sets aside. Should that fail, the lease runs out and the row comes again.
    private func settle(_ claim: Claim<Item>, _ error: any Error) async {
        if error is ClaimLost { return count(.lost) }
        do {
            if Task.isCancelled {
                return try await Task.detached { [database, table] in
                    _ = try await database.run(table.handBack(claim.ticket), within: .seconds(2))
                }.value
            }
            if policy.judge(claim, error) == .permanent {
                return try await setAside(claim.ticket, because: policy.describe(error))
            }
            if let lane = claim.ticket.lane { lanes.failed(lane) }
            let delay = policy.backoff.delay(attempt: claim.attempts)
            try await database.run(table.putOff(claim.ticket, by: delay, because: policy.describe(error)))
            count(.putOff)
            logger.warning(
                "background work failed and will be tried again",
                metadata: [
                    "queue": "\(name)", "attempt": "\(claim.attempts)", "delay": "\(delay)", "error": "\(error)",
                ]
            )
        } catch {
            logger.warning("cannot settle background work", metadata: ["queue": "\(name)", "error": "\(error)"])
        }
    }

    private func setAside(_ ticket: Ticket, because reason: String) async throws {
        try await database.run(table.setAside(ticket, because: reason))
        count(.setAside)
        logger.error(
            "background work can never be done and was set aside",
            metadata: ["queue": "\(name)", "key": "\(ticket.key)", "reason": "\(reason)"]
        )
    }

    /// What becomes of a row that was claimed.
    private enum Outcome: String, CaseIterable {
        case done, lost
        case putOff = "put off"
        case setAside = "set aside"
    }

    private func count(_ outcome: Outcome, _ rows: Int = 1) {
        Counter(label: "background.rows", dimensions: [("queue", name), ("outcome", outcome.rawValue)])
            .increment(by: rows)
    }
}
