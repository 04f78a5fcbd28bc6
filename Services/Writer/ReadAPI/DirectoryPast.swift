import FoundationEssentials
import Hummingbird
import Messages
import Postgres
import Runtime

/// The directory as it was.
extension DirectoryReading {
    /// A person as they were at a time.
    ///
    /// - Parameter provider: The identity provider whose person is meant; nil for any.
    /// - Throws: 404 when nobody of that id was there; 410 when it is not kept any more; ``PostgresError``.
    func user(
        _ id: UserID,
        in provider: IdentityProviderID?,
        at time: Timestamp,
        as access: DirectoryReaders.Access
    ) async throws -> DirectoryUser {
        let keys: SQL = """
            select * from (
                select idp_id, directory_key as object from users where id = \(id.uuid)
                union
                select idp_id, object from run_objects where user_id = \(id.uuid)
                union
                select idp_id, object from deleted_objects where user_id = \(id.uuid)
            ) theirs where idp_id = coalesce(\(provider?.uuid)::uuid, idp_id)
            """
        let known = try await read(as: access) { try $0.run(beginning(of: keys)) }
        guard let beginning = try known.first.map({ Timestamp(millisecondsSince1970: try $0.decode(Int64.self)) })
        else { throw Problem.notFound("There is no such user.") }
        guard time >= beginning else { throw Problem.forgotten(before: beginning) }
        let rows = try await read(as: access) { connection in
            try connection.run(DirectoryUser.query(of: keys, id: id, at: time))
        }
        guard let row = rows.first else {
            throw Problem.notFound("The person was not in the directory then.")
        }
        return try DirectoryUser.read(row).user
    }

    /// Since when it is known what the objects were: by their identity provider's first run, or for as long as it is kept.
    private func beginning(of keys: SQL) -> SQL {
        """
        select (extract(epoch from greatest(
            min(r.requested_at), now() - make_interval(days => \(historyDays)::integer)
        )) * 1000)::bigint
        from runs r where r.idp_id in (select keys.idp_id from (\(keys)) keys) having count(*) > 0
        """
    }
}

extension DirectoryUser {
    /// As ``query(_:)``, of a person as they were: the first of the rows that they may have had.
    fileprivate static func query(of keys: SQL, id: UserID, at time: Timestamp) -> SQL {
        let time = time.description
        return query(
            departments: """
                select coalesce(json_agg(json_build_object('id', m -> 0, 'order', m -> 1, 'isLeader', m -> 2)
                    order by (m ->> 0)::bigint), '[]')
                from jsonb_array_elements(was.image -> 'memberships') m, lateral (
                    select image_at(keys.idp_id, 'department', m ->> 0, \(time)::timestamptz) as image
                ) d
                where d.image is not null and d.image ->> 'removed_at' is null
                """,
            from: """
                (\(keys)) keys cross join lateral (
                    select image_at(keys.idp_id, 'user', keys.object, \(time)::timestamptz) as image
                ) was cross join lateral jsonb_populate_record(
                    null::users,
                    was.image || jsonb_build_object('idp_id', keys.idp_id, 'directory_key', keys.object)
                ) u
                where was.image ->> 'id' = \(id.uuid)::uuid::text limit 1
                """
        )
    }
}

extension Problem {
    /// 410: what was before that time is not kept, or was never known.
    fileprivate static func forgotten(before time: Timestamp) -> Problem {
        Problem(
            .gone,
            "history-not-kept",
            title: "Not kept any more",
            detail: "What the directory was is known since \(time), and not before.",
            fix: "Ask for a time since then.",
            extensions: ["since": time.description]
        )
    }
}
