public import Postgres

/// A table whose rows are work to be done: its own columns and those of ``BackgroundSchema/queueColumns``.
public struct QueueTable: Sendable {
    /// What becomes of a row whose work is done.
    public enum Completion: Sendable {
        case delete
        /// The row stays, with the time in `done_at`, a `timestamptz` that the table has.
        case mark
    }

    let name: SQL
    let key: SQL
    let keyType: SQL
    let columns: SQL
    let order: SQL
    let completion: Completion

    /// - Parameters:
    ///   - name: `registry.callbacks`.
    ///   - key: The column that tells a row from all others, and its type: `digest`, `bytea`.
    ///   - columns: What is read of a row, in the order in which it is decoded.
    ///   - order: Which row comes first.
    ///   - completion: What becomes of a row whose work is done.
    public init(
        _ name: SQL,
        key: SQL,
        keyType: SQL,
        columns: SQL,
        order: SQL = "not_before",
        completion: Completion
    ) {
        self.name = name
        self.key = key
        self.keyType = keyType
        self.columns = columns
        self.order = order
        self.completion = completion
    }

    private var isOpen: SQL {
        switch completion {
        case .delete: "set_aside_at is null"
        case .mark: "set_aside_at is null and done_at is null"
        }
    }

    /// Takes rows whose turn it is and that nobody else works on. A lease that ends later than any does was taken while
    /// the database's clock was fast.
    func claim(_ count: Int, by owner: String, for lease: Duration) -> SQL {
        """
        update \(name) set attempts = attempts + 1, claimed_by = \(owner), claimed_until = \(Self.after(lease))
        where \(key) = any(array(
            select \(key) from \(name)
            where \(isOpen) and not_before <= clock_timestamp()
                and (claimed_until is null or \(SQL.isOver("claimed_until", ofLeasesFor: lease)))
            order by \(order) limit \(count) for update skip locked
        ))
        returning \(key)::text, attempts, \(columns)
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
}
