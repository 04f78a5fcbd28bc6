import FoundationEssentials
import Messages
import Postgres

/// A run that tells again what topics have, with whose it is.
struct ReplayItem: Encodable, Sendable {
    let tenantID: TenantID
    let tenantName: String
    let idpName: String
    let run: Run
}

/// The replays of all tenants that go on or ended.
struct ReplayList: Sendable {
    let database: Database

    /// One page, newest first.
    func list(_ page: Page) async throws -> Listing<ReplayItem> {
        let last = try page.afterID
        let rows = try await database.run(
            """
            select tenant.name, provider.configuration ->> 'name', replay.*
            from (
                select \(Run.columns) from registry.runs
                where kind = 'replay' and (\(last)::uuid is null or id < \(last)::uuid)
                order by id desc limit \(page.rows)
            ) as replay
            join registry.identity_providers as provider on provider.id = replay.idp
            join registry.tenants as tenant on tenant.id = provider.tenant
            order by replay.id desc
            """
        )
        return Listing(try rows.map(Self.item), of: page) { $0.run.id.description }
    }

    private static func item(_ row: Row) throws -> ReplayItem {
        let (tenantName, idpName) = try row.decode(String.self, String.self)
        let run = try Run(row.dropFirst(2))
        return ReplayItem(
            tenantID: run.tenant,
            tenantName: tenantName,
            idpName: idpName,
            run: run.withoutReports
        )
    }
}
