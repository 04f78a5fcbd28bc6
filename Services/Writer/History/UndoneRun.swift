import Messages
import Postgres

/// A run that is to be taken back, as far as it is kept what it did.
struct UndoneRun {
    let requestedAt: Timestamp
    /// People and departments that it changed or brought, as it counted them, but for whom others took the place of, and
    /// for what it wrote anew as it was.
    let changed: Int
    /// Whether it changed some that were there before: what these were is kept for a time only.
    private let changedKnown: Bool
    /// Whether anything is kept of what it did to them.
    private let hasRows: Bool

    /// - Returns: Nil where the run is not kept, or has written nothing.
    /// - Throws: ``PostgresError``.
    static func find(
        _ epoch: Epoch,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> UndoneRun? {
        let rows = try connection.run(
            """
            select (extract(epoch from r.requested_at) * 1000)::bigint, r.counts::text, exists (
                select from run_objects o where o.idp_id = \(id.uuid) and o.epoch = r.epoch
            ), (select count(*) from deleted_objects g where g.idp_id = \(id.uuid) and g.epoch = r.epoch), (
                select count(*) from run_objects o
                where o.idp_id = \(id.uuid) and o.epoch = r.epoch and o.is_as_before
            )
            from runs r
            where r.idp_id = \(id.uuid) and r.epoch = \(epoch.rawValue) and not r.is_dry_run
            """
        )
        guard let row = rows.first else { return nil }
        let (time, stored, hasRows, replaced, asBefore) = try row.decode(
            Int64.self,
            String.self,
            Bool.self,
            Int.self,
            Int.self
        )
        let counts = RunCounts(stored: stored)
        let all = DirectoryObject.Kind.allCases.map { counts[$0] }
        let known = all.reduce(0) { $0 + $1.updated + $1.removed }
        return UndoneRun(
            requestedAt: Timestamp(millisecondsSince1970: time),
            changed: known + all.reduce(0) { $0 + $1.created } - replaced - asBefore,
            changedKnown: known > 0,
            hasRows: hasRows
        )
    }

    /// Whether it is known what all was before it, and whether later runs changed that, too.
    ///
    /// - Parameter beginning: Since when that is kept.
    func isKept(since beginning: Timestamp) -> Bool {
        requestedAt.millisecondsSince1970 >= beginning.millisecondsSince1970 && (hasRows || !changedKnown)
    }
}

extension RunEnd {
    /// What the run did is not known any more that was to be taken back.
    static func historyNotKept(since beginning: Timestamp) -> RunEnd {
        RunEnd(
            outcome: .failed,
            reasons: [
                "It is not kept any more what that run did: there is history since \(beginning.description).",
                "Nothing was changed.",
            ]
        )
    }
}
