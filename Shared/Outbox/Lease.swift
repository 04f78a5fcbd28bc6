import Postgres

/// The right to publish an outbox: one relay has it at a time, for some seconds from each renewal.
///
/// A lease and no session's lock, as that one would stay with a process that stands still, or whose connection is
/// half open, for as long as it likes. The fence grows with each new holder: whoever comes late with an old one can
/// delete nothing.
struct Lease: Sendable {
    let outbox: Outbox
    /// Tells this outbox from all others, of whatever database.
    let outboxID: String
    /// Grows by one with each new holder.
    let fence: Int64
    private let length: Duration

    /// Takes the lease if nobody has it, or its time is over, or it is the owner's own. One that ends later than any does
    /// was taken while the database's clock was fast; should its holder live, the fence shuts it out.
    ///
    /// - Parameters:
    ///   - owner: Who wants it; one name for each relay.
    ///   - length: For how long it holds from each renewal.
    static func claim(
        _ outbox: Outbox,
        for owner: String,
        length: Duration,
        on connection: isolated Connection
    ) throws -> Lease? {
        let rows = try connection.run(
            """
            update \(outbox.lease) set owner = \(owner), fence = fence + 1, expires_at = \(expiry(length))
            where \(SQL.isOver("expires_at", ofLeasesFor: length)) or owner = \(owner)
            returning fence, outbox::text
            """
        )
        guard let row = rows.first else { return nil }
        let (fence, outboxID) = try row.decode(Int64.self, String.self)
        return Lease(outbox: outbox, outboxID: outboxID, fence: fence, length: length)
    }

    /// Holds it for longer; it is still ours when its time was over and nobody took it.
    /// - Throws: ``LeaseTaken``, ``PostgresError``.
    func renew(on connection: isolated Connection) throws {
        let rows = try connection.run(
            "update \(outbox.lease) set expires_at = \(Self.expiry(length)) where fence = \(fence) returning fence"
        )
        if rows.isEmpty { throw LeaseTaken() }
    }

    /// Lets others have it at once.
    func release(on connection: isolated Connection) throws {
        try connection.run("update \(outbox.lease) set expires_at = '-infinity' where fence = \(fence)")
    }

    private static func expiry(_ length: Duration) -> SQL {
        "clock_timestamp() + make_interval(secs => \(length / .seconds(1)))"
    }
}

extension Outbox {
    /// Who publishes; one row.
    fileprivate var lease: SQL { "\(identifier: schema, "outbox_relay")" }
}

/// Another relay publishes: this one took too long.
struct LeaseTaken: Error, CustomStringConvertible {
    var description: String { "another relay has taken over" }
}
