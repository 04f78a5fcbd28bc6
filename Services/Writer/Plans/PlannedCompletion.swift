import Messages
import Postgres

/// What the end of the reading of a run comes to that may write at its end alone, and first waits for answers: by then
/// nobody has its index any more.
struct PlannedCompletion: Codable {
    /// What it asks for, before anything was answered.
    let asked: AskedRun
    let counts: RunCounts
    let time: Timestamp
    /// The keys of people who cannot be compared with what comes by other rules.
    let unlikened: [String]
    /// What the directory knows of who is missing then, as JSON.
    let state: String

    /// What the transaction has made of it so far.
    ///
    /// - Throws: ``PostgresError``.
    static func state(
        of id: IdentityProviderID,
        in epoch: Epoch,
        on connection: isolated Connection
    ) throws -> String {
        try connection.run(
            """
            select jsonb_build_object(
                'missing', coalesce((
                    select jsonb_agg(to_jsonb(m)) from missing m where m.idp_id = \(id.uuid)
                ), '[]'),
                'copies', coalesce((
                    select jsonb_agg(to_jsonb(c)) from copies c where c.idp_id = \(id.uuid)
                ), '[]'),
                'rejected', coalesce((
                    select jsonb_agg(to_jsonb(o)) from run_objects o
                    where o.idp_id = \(id.uuid) and o.epoch = \(epoch.rawValue) and o.change = 'rejected'
                ), '[]'),
                'source', (select to_jsonb(s) from sources s where s.idp_id = \(id.uuid))
            )::text
            """
        )[0].decode(String.self)
    }

    /// Has the transaction be where it was then.
    ///
    /// - Throws: ``PostgresError``.
    func restore(_ id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run("delete from missing where idp_id = \(id.uuid)")
        try connection.run("delete from copies where idp_id = \(id.uuid)")
        try connection.run(
            """
            insert into missing
            select was.* from jsonb_populate_recordset(null::missing, \(state)::jsonb -> 'missing') was
            """
        )
        try connection.run(
            """
            insert into copies
            select was.* from jsonb_populate_recordset(null::copies, \(state)::jsonb -> 'copies') was
            """
        )
        try connection.run(
            """
            insert into run_objects (idp_id, epoch, kind, object, external_id, user_id, change, at)
            select was.idp_id, was.epoch, was.kind, was.object, was.external_id, was.user_id, was.change, was.at
            from jsonb_populate_recordset(null::run_objects, \(state)::jsonb -> 'rejected') was
            on conflict do nothing
            """
        )
        try connection.run(
            """
            update sources s
            set surroundings = was.surroundings, mapping = was.mapping, judged_case = was.judged_case,
                judged_at = was.judged_at
            from jsonb_populate_record(null::sources, \(state)::jsonb -> 'source') was
            where s.idp_id = \(id.uuid)
            """
        )
        try CompletionWriting.forgetLikeness(of: unlikened, in: id, on: connection)
    }
}
