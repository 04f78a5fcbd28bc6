import FoundationEssentials
import Messages
import Postgres

/// How an identity provider stands in one of the two directories.
struct RebuildSide: Equatable {
    let tenant: TenantID
    /// The newest run begun.
    let epoch: Epoch
    /// The oldest run that is remembered.
    let firstEpoch: Epoch
    /// Whether no run is under way.
    let isBetweenRuns: Bool
    /// Whether a run has shown everybody, or nobody was known before.
    let isWhole: Bool
    /// How the newest run ended, where that is remembered.
    let outcome: String?

    /// The live directory, which then stays as it is until the transaction ends; `nil` where it has nothing of it.
    ///
    /// - Throws: `PostgresError`.
    static func lock(_ id: IdentityProviderID, on connection: isolated Connection) throws -> RebuildSide? {
        try connection.run("select 1 from directory.sources where idp_id = \(id.uuid) for update")
        // By a statement of its own, so that what was written while this waited for the row is seen.
        return try look(at: id, in: "directory", on: connection)
    }

    /// Either one; `nil` where it has nothing of it.
    ///
    /// - Throws: `PostgresError`.
    static func look(
        at id: IdentityProviderID,
        in schema: SQL,
        on connection: isolated Connection
    ) throws -> RebuildSide? {
        let rows = try connection.run(
            """
            select s.tenant_id, s.epoch, (
                    select coalesce(min(r.epoch), s.epoch) from \(schema).runs r where r.idp_id = s.idp_id
                ), s.epoch = s.finished_epoch and not exists (
                    select from \(schema).runs r where r.idp_id = s.idp_id and r.outcome is null
                ), s.is_whole, (select r.outcome from \(schema).runs r where r.idp_id = s.idp_id and r.epoch = s.epoch)
            from \(schema).sources s where s.idp_id = \(id.uuid)
            """
        )
        guard let row = rows.first else { return nil }
        let (tenant, epoch, firstEpoch, isBetweenRuns, isWhole, outcome) = try row.decode(
            UUID.self,
            Int64.self,
            Int64.self,
            Bool.self,
            Bool.self,
            String?.self
        )
        return RebuildSide(
            tenant: TenantID(tenant),
            epoch: Epoch(rawValue: epoch),
            firstEpoch: Epoch(rawValue: firstEpoch),
            isBetweenRuns: isBetweenRuns,
            isWhole: isWhole,
            outcome: outcome
        )
    }
}
