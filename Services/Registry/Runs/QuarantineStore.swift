import Messages
import Postgres
import Runtime

/// Counts failures in a row, and puts identity providers into quarantine and takes them out. Their rows are locked in
/// the transaction.
enum QuarantineStore {
    /// A run has failed by what WeCom or the configuration did not allow.
    static func count(
        _ end: RunEnd,
        of provider: IdentityProvider,
        on connection: isolated Connection
    ) throws -> IdentityProvider {
        let now = try Timestamp.ofDatabase(on: connection)
        var provider = provider
        provider.failures += 1
        let wasQuarantined = provider.isQuarantined
        if provider.failures >= Quarantine.threshold {
            provider.quarantine = Quarantine(
                since: provider.quarantine?.since ?? now,
                reason: reason(of: end),
                failures: provider.failures
            )
        }
        if provider.isQuarantined, provider.isScheduled {
            provider.nextRunAt = Timetable(provider.configuration).turn(after: now, resting: provider.rest)
        }
        try save(provider, on: connection)
        guard !wasQuarantined, let quarantine = provider.quarantine else { return provider }
        let entry = AuditEntry("idp.quarantined", "idp", provider.id.uuid, of: provider.tenant, by: .system)
        try entry.with(["failures": .integer(Int64(quarantine.failures)), "reason": .string(quarantine.reason)])
            .append(on: connection)
        try Notifications.raise(
            .quarantined(failures: quarantine.failures, errorCode: end.errorCode),
            of: provider,
            on: connection
        )
        return provider
    }

    /// A run has succeeded, or somebody has had a look: the schedule is as usual.
    static func release(
        _ provider: IdentityProvider,
        by actor: AuditActor,
        on connection: isolated Connection
    ) throws -> IdentityProvider {
        guard provider.failures > 0 else { return provider }
        var released = provider
        released.failures = 0
        released.quarantine = nil
        if provider.isQuarantined {
            let now = try Timestamp.ofDatabase(on: connection)
            released.nextRunAt = Timetable.next(from: provider, to: released, at: now)
        }
        try save(released, on: connection)
        guard provider.isQuarantined else { return released }
        try AuditEntry("idp.quarantine-released", "idp", provider.id.uuid, of: provider.tenant, by: actor)
            .append(on: connection)
        try Notifications.settle(.quarantined, of: provider, on: connection)
        return released
    }

    private static func save(_ provider: IdentityProvider, on connection: isolated Connection) throws {
        try connection.run(
            """
            update registry.identity_providers
            set failures = \(provider.failures), quarantined_at = \(provider.quarantine?.since),
                quarantine_reason = \(provider.quarantine?.reason), next_run_at = \(provider.nextRunAt)
            where id = \(provider.id)
            """
        )
    }

    private static func reason(of end: RunEnd) -> String {
        let code = end.errorCode.map { " (WeCom's code \($0))" } ?? ""
        let reason = end.reasons.first ?? "The run failed."
        return String(reason.prefix(500)) + code
    }
}
