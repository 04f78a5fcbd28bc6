import FoundationEssentials
import Messages
import Postgres

/// Compares the rebuilt people of an identity provider with those in use, and puts them in their place where that is
/// wanted.
///
/// Both are at the same message then: the rows that say how far each was followed are locked, so that no change of the
/// identity provider is applied meanwhile.
struct RebuildSettling: Sendable {
    let database: Database
    let sessions: SessionStore
    let attempt: RebuildAttempt

    /// The identity providers that the rebuild is about: those in use, and those that the topic tells of.
    func identityProviders() async throws -> Set<IdentityProviderID> {
        if let one = attempt.identityProvider { return [one] }
        let rows = try await database.run(
            "select idp_id from verifier.projection union select idp_id from verifier.rebuilt_projection"
        )
        return Set(try rows.decode(UUID.self).map { IdentityProviderID($0) })
    }

    /// - Returns: Whether it came to a result, which is kept; not while the one was not followed as far as the other.
    /// - Throws: `PostgresError`, ``RebuildAttempt/Overtaken``.
    func settle(_ id: IdentityProviderID) async throws -> Bool {
        let (attempt, sessions) = (attempt, sessions)
        let result = try await database.transaction { connection -> RebuildResult? in
            try attempt.hold(on: connection)
            return try Self.result(of: id, attempt, sessions, on: connection)
        }
        guard let result else { return false }
        if (result.sessionsEnded ?? 0) > 0 { sessions.announce() }
        return true
    }

    /// Keeps that an identity provider came to nothing, as its changes came too fast or not at all.
    func giveUp(_ id: IdentityProviderID) async throws {
        let attempt = attempt
        try await database.transaction { connection in
            try attempt.hold(on: connection)
            let reason = "the people in use were not followed to where the topic is"
            let remedy = "see that the verifier reads directory.changes.v1, and begin again"
            try Self.keep(RebuildResult(refused: id, because: reason, remedy: remedy), on: connection)
        }
    }

    private static func result(
        of id: IdentityProviderID,
        _ attempt: RebuildAttempt,
        _ sessions: SessionStore,
        on connection: isolated Connection
    ) throws -> RebuildResult? {
        let republish = GapWatch.remedy(id)
        guard let tenant = try Self.tenant(of: id, in: .rebuilt, on: connection),
            let rebuilt = try ProjectionStore.lock(id, of: tenant, in: .rebuilt, on: connection)
        else {
            let reason = "directory.changes.v1 has nothing of it"
            return try keep(RebuildResult(refused: id, because: reason, remedy: republish), on: connection)
        }
        if let gap = rebuilt.gap {
            return try keep(RebuildResult(refused: id, because: gap, remedy: republish), on: connection)
        }
        if let other = try Self.tenant(of: id, in: .live, on: connection), other != tenant {
            let reason = "the people in use are another tenant's"
            return try keep(RebuildResult(refused: id, because: reason), on: connection)
        }
        guard let live = try Self.live(id, of: tenant, rebuilt, attempt, on: connection) else { return nil }
        guard let comparison = try PrincipalComparison.make(of: id, on: connection) else { return nil }
        let isEqual = comparison.isEqual && live.gap == nil && live.place == rebuilt.place
        guard attempt.switches, !isEqual else {
            var result = RebuildResult(of: id, isEqual ? .equal : .different, comparison)
            if comparison.isEqual, !isEqual {
                result.reason = live.gap ?? "it is not known how far the people in use were followed"
            }
            return try keep(result, on: connection)
        }
        let ended = try PrincipalSwitch.perform(from: live, to: rebuilt, of: id, on: connection)
        let result = RebuildResult(of: id, .switched, comparison, sessionsEnded: ended.count)
        try keep(result, on: connection)
        // The last thing that a transaction does: it makes other writers of events wait.
        try sessions.tell(ended, in: id, because: .userDisabled, on: connection)
        return result
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

    @discardableResult
    private static func keep(
        _ result: RebuildResult,
        on connection: isolated Connection
    ) throws -> RebuildResult {
        let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        try connection.run(
            """
            insert into verifier.rebuild_results (idp_id, outcome, result)
            values (\(result.identityProvider.uuid), \(result.outcome.rawValue), \(json)::jsonb)
            on conflict (idp_id) do update set outcome = excluded.outcome, result = excluded.result
            """
        )
        return result
    }
}
