import FoundationEssentials
import Messages
import Postgres

/// Puts the rebuilt people of an identity provider in the place of those in use, in one transaction: whoever reads sees all
/// of the ones or all of the others. Only rows that differ are written.
///
/// There is no way back but a backup: the people before are not what the log says, and what was told since would be lost.
enum PrincipalSwitch {
    /// - Parameters:
    ///   - live: How far the people in use were followed, locked in the same transaction; as far as the others, or nothing
    ///     of them is known.
    ///   - rebuilt: How far the others were followed, without a gap.
    /// - Returns: The sessions that ended, of people who may no longer log on.
    static func perform(
        from live: ProjectionState,
        to rebuilt: ProjectionState,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws -> [SessionStore.Ended] {
        let shutOut = try Self.shutOut(of: id, on: connection)
        try connection.run(
            """
            delete from verifier.principals as live where live.idp_id = \(id.uuid) and not exists (
                select from verifier.rebuilt_principals as rebuilt
                where rebuilt.idp_id = live.idp_id and rebuilt.user_id = live.user_id)
            """
        )
        // Republications are numbered from where each began to read; who was in the last one has its number.
        let shift = live.republication - rebuilt.republication
        try update(id, shift, on: connection)
        try insert(id, shift, on: connection)
        let state = ProjectionState(
            incarnation: rebuilt.incarnation,
            place: rebuilt.place,
            republication: live.republication,
            part: rebuilt.part,
            others: live.others.merging(rebuilt.others) { max($0, $1) }
        )
        try ProjectionStore.keep(state, insteadOf: live, of: id, on: connection)
        // After the rows, for which a logon that began before has let this wait: its session ends too.
        return try SessionStore.end(of: shutOut, in: id, on: connection)
    }

    private static func shutOut(of id: IdentityProviderID, on connection: isolated Connection) throws -> [UserID] {
        try connection.run(
            """
            select live.user_id from verifier.principals as live
            left join verifier.rebuilt_principals as rebuilt using (idp_id, user_id)
            where live.idp_id = \(id.uuid) and rebuilt.enabled is not true
            """
        ).decode(UUID.self).map { UserID($0) }
    }

    /// In one statement, as people may have exchanged their keys.
    private static func update(
        _ id: IdentityProviderID,
        _ shift: Int64,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            update verifier.principals as live set
                tenant_id = rebuilt.tenant_id, generation = rebuilt.generation, directory_key = rebuilt.directory_key,
                external_id = rebuilt.external_id, name = rebuilt.name, email = rebuilt.email,
                username = rebuilt.username, enabled = rebuilt.enabled,
                disabled_at = case when not rebuilt.enabled then coalesce(live.disabled_at, rebuilt.disabled_at) end,
                departments = rebuilt.departments, phone_number = rebuilt.phone_number, address = rebuilt.address,
                seen = rebuilt.seen + \(shift)::bigint,
                traceparent = rebuilt.traceparent
            from verifier.rebuilt_principals as rebuilt
            where live.idp_id = \(id.uuid) and rebuilt.idp_id = live.idp_id and rebuilt.user_id = live.user_id
                and (live.seen <> rebuilt.seen + \(shift)::bigint
                    or \(PrincipalComparison.compared("live"))
                        is distinct from \(PrincipalComparison.compared("rebuilt")))
            """
        )
    }

    private static func insert(
        _ id: IdentityProviderID,
        _ shift: Int64,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into verifier.principals
                (idp_id, user_id, tenant_id, generation, directory_key, external_id, name, email, username, enabled,
                disabled_at, departments, phone_number, address, seen, traceparent)
            select idp_id, user_id, tenant_id, generation, directory_key, external_id, name, email, username, enabled,
                disabled_at, departments, phone_number, address, seen + \(shift)::bigint, traceparent
            from verifier.rebuilt_principals as rebuilt
            where idp_id = \(id.uuid) and not exists (
                select from verifier.principals as live
                where live.idp_id = rebuilt.idp_id and live.user_id = rebuilt.user_id)
            """
        )
    }
}
