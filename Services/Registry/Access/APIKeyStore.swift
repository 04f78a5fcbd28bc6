import FoundationEssentials
import Messages
import Postgres
import Runtime
import Sealing

/// The API keys, as hashes.
struct APIKeyStore: Sendable {
    let ledger: Ledger
    /// The hash of `BOOTSTRAP_API_KEY`: an owner's key of all tenants that is in no table.
    let bootstrapDigest: [UInt8]?

    /// Who holds the key; nil when there is no such key.
    func caller(of secret: Secret) async throws -> Caller? {
        let digest = APIKey.digest(secret)
        if let bootstrapDigest, digest == bootstrapDigest {
            return Caller(name: "bootstrap", role: .owner, tenant: nil)
        }
        let rows = try await ledger.database.run(
            "select name, role, tenant from registry.api_keys where digest = \(digest)"
        )
        guard let row = rows.first else { return nil }
        let (name, role, tenant) = try row.decode(String.self, Role.self, TenantID?.self)
        return Caller(name: name, role: role, tenant: tenant)
    }

    /// Makes a key. Throws 404 for a tenant that the caller does not see or that does not exist.
    func create(_ request: NewKeyRequest, by caller: Caller) async throws -> NewAPIKey {
        let secret = APIKey.makeSecret()
        let key = APIKey(
            id: UUIDv7.make(),
            name: request.name,
            role: request.role,
            tenantID: request.tenant ?? caller.tenant,
            createdAt: .now,
            createdBy: caller.name
        )
        if let tenant = key.tenantID { guard caller.sees(tenant) else { throw Problem.noTenant } }
        try await ledger.change { connection in
            if let tenant = key.tenantID { try TenantStore.requireExisting(tenant, on: connection) }
            try connection.run(
                """
                insert into registry.api_keys (id, name, digest, role, tenant, created_at, created_by)
                values (\(key.id), \(key.name), \(APIKey.digest(secret)), \(key.role), \(key.tenantID),
                    \(key.createdAt), \(key.createdBy))
                """
            )
            let entry = AuditEntry("api-key.created", "api-key", key.id, of: key.tenantID, by: caller.name)
            try entry.with(["name": .string(key.name), "role": .string(key.role.rawValue)]).append(on: connection)
        }
        return NewAPIKey(key: key, secret: secret)
    }

    /// The keys that the caller sees, oldest first.
    func list(_ page: Page, for caller: Caller) async throws -> Listing<APIKey> {
        let rows = try await ledger.database.run(
            """
            select \(Self.columns) from registry.api_keys
            where (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
                and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return Listing(try rows.map(Self.key), of: page) { $0.id.uuidString }
    }

    /// Deletes a key, which ends its use at once. Throws 404 for one that the caller does not see.
    func delete(_ id: UUID, by caller: Caller) async throws {
        try await ledger.change { connection in
            let rows = try connection.run(
                """
                delete from registry.api_keys
                where id = \(id) and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
                returning \(Self.columns)
                """
            )
            guard let key = try rows.first.map(Self.key) else { throw Problem.noAPIKey }
            let entry = AuditEntry("api-key.deleted", "api-key", id, of: key.tenantID, by: caller.name)
            try entry.with(["name": .string(key.name)]).append(on: connection)
        }
    }

    private static let columns: SQL = "id, name, role, tenant, \(time: "created_at"), created_by"

    private static func key(_ row: Row) throws -> APIKey {
        let (id, name, role, tenant, createdAt, createdBy) = try row.decode(
            UUID.self,
            String.self,
            Role.self,
            TenantID?.self,
            Timestamp.self,
            String.self
        )
        return APIKey(id: id, name: name, role: role, tenantID: tenant, createdAt: createdAt, createdBy: createdBy)
    }
}

extension Role: PostgresDecodable, PostgresEncodable {}

extension Problem {
    /// 404, also for a key that is not the caller's to see.
    static let noAPIKey = Problem.notFound("There is no API key with this id.")
}
