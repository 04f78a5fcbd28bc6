import FoundationEssentials
import Messages
import Postgres
import Rebuild

extension PrincipalRebuild {
    /// The rows that say how far each was followed are locked, so that no change of the identity provider is applied
    /// meanwhile.
    func settle(
        _ id: IdentityProviderID,
        from tables: RebuiltPrincipals,
        for attempt: RebuildAttempt,
        on connection: isolated Connection
    ) throws -> RebuildSettlement<PrincipalComparison>? {
        let republish = GapWatch.remedy(id)
        guard let tenant = try Self.tenant(of: id, in: .rebuilt, on: connection),
            let rebuilt = try ProjectionStore.lock(id, of: tenant, in: .rebuilt, on: connection)
        else {
            let reason = "directory.changes.v1 has nothing of it"
            return RebuildSettlement(RebuildResult(refused: id, because: reason, remedy: republish))
        }
        if let gap = rebuilt.gap {
            return RebuildSettlement(RebuildResult(refused: id, because: gap, remedy: republish))
        }
        if let other = try Self.tenant(of: id, in: .live, on: connection), other != tenant {
            let reason = "the people in use are another tenant's"
            return RebuildSettlement(RebuildResult(refused: id, because: reason))
        }
        if tellsContacts(id) == false { try forgetContacts(of: id, on: connection) }
        guard let live = try Self.live(id, of: tenant, rebuilt, attempt, on: connection),
            let comparison = try PrincipalComparison.make(of: id, on: connection)
        else { return nil }
        let isEqual = comparison.isEqual && live.gap == nil && live.place == rebuilt.place
        guard attempt.switches, !isEqual else {
            var result = RebuildResult(of: id, isEqual ? .equal : .different, comparison)
            if comparison.isEqual, !isEqual {
                result.reason = live.gap ?? "it is not known how far the people in use were followed"
            }
            return RebuildSettlement(result)
        }
        return try switched(id, from: live, to: rebuilt, comparison, on: connection)
    }

    /// What was told while the settings allowed it, and is erased among the people in use (``ContactErasure``), is not
    /// missing there.
    private func forgetContacts(of id: IdentityProviderID, on connection: isolated Connection) throws {
        try connection.run(
            """
            update verifier.rebuilt_principals set phone_number = null, address = null
            where idp_id = \(id.uuid) and (phone_number is not null or address is not null)
            """
        )
    }

    private func switched(
        _ id: IdentityProviderID,
        from live: ProjectionState,
        to rebuilt: ProjectionState,
        _ comparison: PrincipalComparison,
        on connection: isolated Connection
    ) throws -> RebuildSettlement<PrincipalComparison> {
        let ended = try PrincipalSwitch.perform(from: live, to: rebuilt, of: id, on: connection)
        let sessions = sessions
        return RebuildSettlement(
            RebuildResult(of: id, .switched, comparison, sessionsEnded: ended.count),
            // It makes other writers of events wait.
            lastly: { try sessions.tell(ended, in: id, because: .userDisabled, on: $0) },
            afterwards: { if !ended.isEmpty { sessions.announce() } }
        )
    }

    /// How far the people in use were followed, locked; `nil` while that is not as far as those that were rebuilt. Where
    /// nothing is known of them, as after a loss, they are none.
    private static func live(
        _ id: IdentityProviderID,
        of tenant: TenantID,
        _ rebuilt: ProjectionState,
        _ attempt: RebuildAttempt,
        on connection: isolated Connection
    ) throws -> ProjectionState? {
        var state = try ProjectionStore.lock(id, of: tenant, on: connection)
        if state == nil, attempt.switches {
            state = try ProjectionStore.lock(id, of: tenant, first: rebuilt.incarnation, on: connection)
        }
        let live = state ?? ProjectionState(incarnation: rebuilt.incarnation)
        if live.place == .start { return live }
        return live.incarnation == rebuilt.incarnation && live.place == rebuilt.place ? live : nil
    }

    private static func tenant(
        of id: IdentityProviderID,
        in tables: PrincipalTables,
        on connection: isolated Connection
    ) throws -> TenantID? {
        let rows = try connection.run("select tenant_id from \(tables.projection) where idp_id = \(id.uuid)")
        return try rows.first.map { TenantID(try $0.decode(UUID.self)) }
    }
}
