import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The tenants.
struct TenantStore: Sendable {
    let ledger: Ledger

    /// Makes a tenant, with an enterprise ID of its own.
    func create(name: String, by caller: Caller) async throws -> Tenant {
        let (id, now) = (TenantID.make(), Timestamp.now)
        return try await ledger.change { connection in
            let enterpriseID = try Self.insert(id, name, now, on: connection)
            let entry = AuditEntry("tenant.created", "tenant", id.uuid, of: id, by: caller.name)
            try entry.with(["name": .string(name)]).append(on: connection)
            return Tenant(id: id, name: name, enterpriseID: enterpriseID, createdAt: now)
        }
    }

    /// Draws enterprise IDs until one is free. There are 8 · 10¹⁴ of them.
    private static func insert(
        _ id: TenantID,
        _ name: String,
        _ now: Timestamp,
        on connection: isolated Connection
    ) throws -> EnterpriseID {
        while true {
            let enterpriseID = EnterpriseID.make()
            let rows = try connection.run(
                """
                insert into registry.tenants (id, name, enterprise_id, created_at)
                values (\(id), \(name), \(enterpriseID.description), \(now))
                on conflict (enterprise_id) do nothing returning id
                """
            )
            if !rows.isEmpty { return enterpriseID }
        }
    }

    /// The tenants that the caller sees, oldest first.
    func list(_ page: Page, for caller: Caller) async throws -> Listing<Tenant> {
        let rows = try await ledger.database.run(
            """
            select id, name, enterprise_id, \(time: "created_at")
            from registry.tenants
            where (\(caller.tenant)::uuid is null or id = \(caller.tenant)::uuid)
                and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return Listing(try rows.map(Self.tenant), of: page) { $0.id.description }
    }

    /// One tenant. Throws 404 when there is none, or none that the caller sees.
    func find(_ id: TenantID, for caller: Caller) async throws -> Tenant {
        guard caller.sees(id) else { throw Problem.noTenant }
        let rows = try await ledger.database.run(
            """
            select id, name, enterprise_id, \(time: "created_at")
            from registry.tenants where id = \(id)
            """
        )
        guard let row = rows.first else { throw Problem.noTenant }
        return try Self.tenant(row)
    }

    /// Lets nobody else change what belongs to the tenant alone until the transaction ends.
    static func lock(_ id: TenantID, on connection: isolated Connection) throws {
        try connection.run("select from registry.tenants where id = \(id) for no key update")
    }

    /// Throws 404 when there is no such tenant.
    static func requireExisting(_ id: TenantID, on connection: isolated Connection) throws {
        let rows = try connection.run("select id from registry.tenants where id = \(id)")
        if rows.isEmpty { throw Problem.noTenant }
    }

    private static func tenant(_ row: Row) throws -> Tenant {
        let (id, name, enterpriseID, createdAt) = try row.decode(
            TenantID.self,
            String.self,
            EnterpriseID.self,
            Timestamp.self
        )
        return Tenant(id: id, name: name, enterpriseID: enterpriseID, createdAt: createdAt)
    }
}

extension Problem {
    /// 404, also for a tenant that is not the caller's to see.
    static let noTenant = Problem.notFound("There is no tenant with this id.")
}
