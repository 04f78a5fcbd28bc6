public import Postgres

/// A table whose rows are work to be done: its own columns and those of ``BackgroundSchema/queueColumns``.
public struct QueueTable: Sendable {
    /// What becomes of a row whose work is done.
    public enum Completion: Sendable {
        case delete
        /// The row stays, with the time in `done_at`, a `timestamptz` that the table has.
        case mark
    }

    /// What rows have in common that hold each other up but nobody else, such as whom they are sent to.
    ///
    /// Of a lane at most so many rows are in hand at once, over all instances, so that one in which all takes long leaves
    /// room for the others. After a failure the whole lane rests for a while, longer each time (``WorkQueue``).
    public struct Lane: Sendable {
        let column: SQL
        let width: Int

        /// - Parameters:
        ///   - column: What they have in common: `client_id`. There should be an index of what is open by it,
        ///     `not_before` and the key.
        ///   - width: How many may be in hand at once.
        public init(_ column: SQL, width: Int) {
            self.column = column
            self.width = width
        }
    }

    let name: SQL
    let key: SQL
    let keyType: SQL
    let columns: SQL
    let order: SQL
    let completion: Completion
    let lane: Lane?

    /// - Parameters:
    ///   - name: `registry.callbacks`.
    ///   - key: The column that tells a row from all others, and its type: `digest`, `bytea`.
    ///   - columns: What is read of a row, in the order in which it is decoded.
    ///   - order: Which row comes first.
    ///   - completion: What becomes of a row whose work is done.
    ///   - lane: What rows have in common that hold each other up; `nil` where each is for itself.
    public init(
        _ name: SQL,
        key: SQL,
        keyType: SQL,
        columns: SQL,
        order: SQL = "not_before",
        completion: Completion,
        lane: Lane? = nil
    ) {
        self.name = name
        self.key = key
        self.keyType = keyType
        self.columns = columns
        self.order = order
        self.completion = completion
        self.lane = lane
    }

    private var isOpen: SQL {
        switch completion {
        case .delete: "set_aside_at is null"
        case .mark: "set_aside_at is null and done_at is null"
        }
    }

    /// Takes rows whose turn it is and that nobody else works on. A lease that ends later than any does was taken while
    /// the database's clock was fast.
    ///
    /// - Parameter resting: Lanes of which none is taken.
    func claim(_ count: Int, by owner: String, for lease: Duration, sparing resting: [String]) -> SQL {
        let laneColumn: SQL = lane?.column ?? "null"
        return """
            update \(name) set attempts = attempts + 1, claimed_by = \(owner), claimed_until = \(Self.after(lease))
            where \(key) = any(array(
                select \(key) from \(name)
                where \(isOpen) and not_before <= clock_timestamp()
                    and (claimed_until is null or \(SQL.isOver("claimed_until", ofLeasesFor: lease)))
                    and \(isForemost(sparing: resting))
                order by \(order) limit \(count) for update skip locked
            ))
            returning \(key)::text, attempts, \(laneColumn)::text, \(columns)
            """
    }

    /// Whether a row is among the first of its lane, those in hand included, which come before all others.
    ///
    /// Lane after lane is looked up, so that a long one costs no more than a short one.
    private func isForemost(sparing resting: [String]) -> SQL {
        guard let lane else { return "true" }
        return """
            \(key) = any(array(
                with recursive lanes as (
                    (select \(lane.column) as lane from \(name) where \(isOpen) order by \(lane.column) limit 1)
                    union all
                    select (
                        select \(lane.column) from \(name) where \(isOpen) and \(lane.column) > lanes.lane
                        order by \(lane.column) limit 1
                    ) from lanes where lanes.lane is not null
                )
                select foremost.key from lanes cross join lateral (
                    select \(key) as key from \(name)
                    where \(isOpen) and \(lane.column) = lanes.lane and not_before <= now()
                    order by not_before, \(key) limit \(lane.width)
                ) as foremost
                where lanes.lane::text <> all(\(resting)::text[])
            ))
            """
    }

    func renew(_ ticket: Ticket, for lease: Duration) -> SQL {
        "update \(name) set claimed_until = \(Self.after(lease)) where \(isHeld(ticket)) returning 1"
    }

    func finish(_ ticket: Ticket) -> SQL {
        switch completion {
        case .delete: "delete from \(name) where \(isHeld(ticket)) returning 1"
        case .mark:
            """
            update \(name) set done_at = now(), claimed_until = null, reason = null where \(isHeld(ticket)) returning 1
            """
        }
    }

    func putOff(_ ticket: Ticket, by delay: Duration, because reason: String) -> SQL {
        """
        update \(name) set claimed_until = null, not_before = \(Self.after(delay)), reason = \(reason)
        where \(isHeld(ticket))
        """
    }

    /// Until its turn comes again, after work that was done.
    func rest(_ ticket: Ticket, for delay: Duration) -> SQL {
        """
        update \(name) set claimed_until = null, attempts = 0, not_before = \(Self.after(delay)), reason = null
        where \(isHeld(ticket)) returning 1
        """
    }

    /// As if it had not been taken.
    func handBack(_ ticket: Ticket) -> SQL {
        "update \(name) set claimed_until = null, attempts = attempts - 1 where \(isHeld(ticket))"
    }

    func setAside(_ ticket: Ticket, because reason: String) -> SQL {
        """
        update \(name) set claimed_until = null, set_aside_at = now(), reason = \(reason) where \(isHeld(ticket))
        """
    }

    /// How many rows wait though it is their turn, and how many were set aside.
    func figure(of queue: String) -> DatabaseFigures.Figure {
        DatabaseFigures.Figure(
            "background.queue",
            constants: [("queue", queue)],
            by: "state",
            values: ["waiting", "set aside"],
            """
            select 'waiting', count(*) from \(name) where \(isOpen) and not_before <= clock_timestamp()
            union all select 'set aside', count(*) from \(name) where set_aside_at is not null
            """
        )
    }

    /// The owner and the number of the attempt tell a claim from all others: who comes late changes nothing.
    private func isHeld(_ ticket: Ticket) -> SQL {
        """
        \(key) = \(ticket.key)::text::\(keyType) and claimed_by = \(ticket.owner) and attempts = \(ticket.attempts)
            and claimed_until is not null
        """
    }

    private static func after(_ delay: Duration) -> SQL {
        "clock_timestamp() + make_interval(secs => \(delay / .seconds(1)))"
    }
}

/// Which row was taken, by whom, the how-manieth time.
struct Ticket: Sendable {
    /// As text.
    let key: String
    let owner: String
    let attempts: Int
    /// What it has in common with rows that it holds up; as text.
    let lane: String?
}
