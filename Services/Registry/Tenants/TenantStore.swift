import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The tenants.
struct TenantStore: Sendable {
    let ledger: Ledger

    /// Makes a tenant, with an enterprise ID of its own.
    func create(name: String, as identity: RequestIdentity?, by caller: Caller) async throws -> Made<Tenant> {
        let id = TenantID.make()
        return try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                guard let id = TenantID(earlier.object), let tenant = try Self.read(id, on: connection) else {
                    throw Problem.noTenant
                }
                return Made(tenant, isRepeated: true)
            }
            let tenant = try Self.insert(id, name, on: connection)
            try identity?.remember(id.description, on: connection)
            let entry = AuditEntry("tenant.created", "tenant", id.uuid, of: id, by: caller.actor)
            try entry.with(["name": .string(name)]).append(on: connection)
            return Made(tenant)
        }
    }

    /// Draws enterprise IDs until one is free, those of deleted tenants among the taken ones. There are 8 · 10¹⁴ of them.
    private static func insert(_ id: TenantID, _ name: String, on connection: isolated Connection) throws -> Tenant {
        while true {
            let rows = try connection.run(
                """
                insert into registry.tenants (id, name, enterprise_id, created_at)
                values (\(id), \(name), \(EnterpriseID.make().description), now())
                on conflict (enterprise_id) do nothing returning \(Tenant.columns)
                """
            )
            if let row = rows.first { return try Tenant(row) }
        }
    }

    /// The tenants that the caller sees, oldest first.
    func list(_ page: Page, for caller: Caller) async throws -> Listing<Tenant> {
        let rows = try await ledger.database.run(
            """
            select \(Tenant.columns) from registry.tenants
            where status <> 'deleted' and (\(caller.tenant)::uuid is null or id = \(caller.tenant)::uuid)
                and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return Listing(try rows.map(Tenant.init), of: page) { $0.id.description }
    }

    /// One tenant. Throws 404 when there is none, or none that the caller sees.
    func find(_ id: TenantID, for caller: Caller) async throws -> Tenant {
        guard caller.sees(id), let row = try await ledger.database.run(Self.select(id)).first else {
            throw Problem.noTenant
        }
        return try Tenant(row)
    }

    /// A tenant as it stands in this transaction; nil when there is none.
    static func read(_ id: TenantID, on connection: isolated Connection) throws -> Tenant? {
        try connection.run(select(id)).first.map(Tenant.init)
    }

    /// The tenant, which nobody else changes, nor what belongs to it alone, until the transaction ends. Throws 404 when
    /// there is none.
    @discardableResult
    static func lock(_ id: TenantID, on connection: isolated Connection) throws -> Tenant {
        guard let row = try connection.run(select(id) + " for no key update").first else { throw Problem.noTenant }
        return try Tenant(row)
    }

    /// The tenant, locked. Throws 409 when it is being deleted: nothing is made in it any more.
    @discardableResult
    static func lockForNew(_ id: TenantID, on connection: isolated Connection) throws -> Tenant {
        let tenant = try lock(id, on: connection)
        guard tenant.status != .deleting else { throw Problem.tenantDeleting }
        return tenant
    }

    private static func select(_ id: TenantID) -> SQL {
        "select \(Tenant.columns) from registry.tenants where id = \(id) and status <> 'deleted'"
    }
}

extension Problem {
    /// 404, also for a tenant that is not the caller's to see.
    static let noTenant = Problem.notFound("There is no tenant with this id.")

    /// 409: it ends as soon as its identity providers are deleted.
    static let tenantDeleting = Problem.conflict("tenant-deleting", "The tenant is being deleted.")
}
