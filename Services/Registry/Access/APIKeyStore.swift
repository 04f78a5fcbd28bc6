import FoundationEssentials
import Messages
import Postgres
import Runtime
import Sealing

/// The API keys, as hashes.
struct APIKeyStore: Sendable {
    let ledger: Ledger
    /// Seals a new secret for as long as its request may be repeated.
    let seals: SealingKeys
    /// `BOOTSTRAP_API_KEY`: an owner's key of all tenants that is in no table.
    let bootstrap: Secret?

    /// More are not taken for one tenant, or for all tenants together: keys are for programs, not for people.
    static let mostKeys = 200

    /// The keys that the caller sees, oldest first.
    func list(_ page: Page, for caller: Caller) async throws -> Listing<APIKey> {
        let rows = try await ledger.database.run(
            """
            select \(APIKey.columns) from registry.api_keys
            where revoked_at is null
                and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
                and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return Listing(try rows.map(APIKey.init), of: page) { $0.id.uuidString }
    }

    /// One key. Throws 404 for one that is revoked or that the caller does not see.
    func find(_ id: UUID, for caller: Caller) async throws -> APIKey {
        guard let row = try await ledger.database.run(Self.select(id, for: caller)).first else {
            throw Problem.noAPIKey
        }
        return try APIKey(row)
    }

    /// Makes a key. Throws 404 for a tenant that the caller does not see or that does not exist, 409 when there are too
    /// many.
    func create(
        _ form: NewKeyRequest,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<NewAPIKey> {
        let secret = APIKey.makeSecret()
        let key = APIKey(
            id: UUIDv7.make(),
            version: 1,
            name: form.name,
            role: form.role,
            tenantID: form.tenant ?? caller.tenant,
            createdAt: .now,
            createdBy: caller.actor,
            expiresAt: form.expiresAt
        )
        if let tenant = key.tenantID { guard caller.sees(tenant) else { throw Problem.noTenant } }
        return try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                return Made(try known(earlier, for: caller, on: connection), isRepeated: true)
            }
            try requireRoom(in: key.tenantID, on: connection)
            try connection.run(
                """
                insert into registry.api_keys (id, name, digest, role, tenant, created_at, created_by, expires_at)
                values (\(key.id), \(key.name), \(APIKey.digest(secret)), \(key.role), \(key.tenantID),
                    \(key.createdAt), \(json: try key.createdBy.storedJSON), \(key.expiresAt))
                """
            )
            try audit("api-key.created", key, by: caller, on: connection)
            try remember(identity, key, secret, on: connection)
            return Made(NewAPIKey(key: key, secret: secret))
        }
    }

    /// Gives a key another secret; the one that it has is good for a while yet, one that was replaced before no more.
    ///
    /// Throws 404 as ``find(_:for:)`` does, 412 when somebody else was faster, 409 when the key has ended.
    func replace(
        _ id: UUID,
        _ form: KeyReplacement,
        expecting expected: ExpectedVersion,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<NewAPIKey> {
        let secret = APIKey.makeSecret()
        return try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                return Made(try known(earlier, for: caller, on: connection), isRepeated: true)
            }
            let key = try lock(id, expecting: expected, for: caller, on: connection)
            let expiresAt = form.expiresAt ?? key.expiresAt
            if let expiresAt, expiresAt <= .now { throw Problem.keyExpired }
            let rows = try connection.run(
                """
                update registry.api_keys
                set previous_digest = digest, digest = \(APIKey.digest(secret)), version = version + 1,
                    previous_until = now() + make_interval(secs => \(form.overlap / .seconds(1))),
                    expires_at = \(expiresAt)
                where id = \(id) returning \(APIKey.columns)
                """
            )
            let replaced = try APIKey(rows[0])
            try audit("api-key.replaced", replaced, by: caller, on: connection)
            try remember(identity, replaced, secret, on: connection)
            return Made(NewAPIKey(key: replaced, secret: secret))
        }
    }

    /// Revokes a key, which ends its use at once. Throws 404 as ``find(_:for:)`` does, 412 when it was changed.
    func revoke(_ id: UUID, expecting expected: ExpectedVersion, by caller: Caller) async throws {
        try await ledger.change { connection in
            let key = try lock(id, expecting: expected, for: caller, on: connection)
            try connection.run(
                "update registry.api_keys set revoked_at = now(), version = version + 1 where id = \(id)"
            )
            try audit("api-key.revoked", key, by: caller, on: connection)
        }
    }
}

extension APIKeyStore {
    private static func select(_ id: UUID, for caller: Caller) -> SQL {
        """
        select \(APIKey.columns) from registry.api_keys
        where id = \(id) and revoked_at is null
            and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
        """
    }

    private func lock(
        _ id: UUID,
        expecting expected: ExpectedVersion,
        for caller: Caller,
        on connection: isolated Connection
    ) throws -> APIKey {
        guard let row = try connection.run(Self.select(id, for: caller) + " for update").first else {
            throw Problem.noAPIKey
        }
        let key = try APIKey(row)
        guard expected.admits(key.version) else { throw Problem.stale(at: key.version) }
        return key
    }

    /// Whoever makes keys for the same tenant waits, so that they are counted one after another.
    private func requireRoom(in tenant: TenantID?, on connection: isolated Connection) throws {
        if let tenant {
            try TenantStore.lockForNew(tenant, on: connection)
        } else {
            try connection.run("select pg_advisory_xact_lock(hashtextextended('registry.api_keys', 0))")
        }
        let count = try connection.run(
            """
            select count(*) from registry.api_keys
            where tenant is not distinct from \(tenant)::uuid and revoked_at is null
                and (expires_at is null or expires_at > now())
            """
        )[0].decode(Int.self)
        guard count < Self.mostKeys else { throw Problem.tooManyKeys }
    }

    private func audit(
        _ action: String,
        _ key: APIKey,
        by caller: Caller,
        on connection: isolated Connection
    ) throws {
        var details: [String: JSON] = ["name": .string(key.name), "role": .string(key.role.rawValue)]
        details["expiresAt"] = key.expiresAt.map { .string($0.description) }
        if action == "api-key.replaced" {
            details["previousSecretUntil"] = key.previousSecretUntil.map { .string($0.description) }
        }
        let entry = AuditEntry(action, "api-key", key.id, of: key.tenantID, by: caller.actor)
        try entry.with(details).append(on: connection)
    }

    private func remember(
        _ identity: RequestIdentity?,
        _ key: APIKey,
        _ secret: Secret,
        on connection: isolated Connection
    ) throws {
        guard let identity else { return }
        let context = key.sealingContext
        let sealed = try seals.seal(secret, context: context)
        try identity.remember(key.id.uuidString, sealed: sealed, for: context, on: connection)
    }

    /// What an earlier request was answered with: its answer may be what was lost.
    private func known(
        _ earlier: RequestIdentity.Earlier,
        for caller: Caller,
        on connection: isolated Connection
    ) throws -> NewAPIKey {
        guard let id = UUID(uuidString: earlier.object), let sealed = earlier.sealed,
            let row = try connection.run(Self.select(id, for: caller)).first
        else { throw Problem.noAPIKey }
        let key = try APIKey(row)
        return NewAPIKey(key: key, secret: try seals.open(sealed, context: key.sealingContext))
    }
}

extension Role: PostgresDecodable, PostgresEncodable {}

extension Problem {
    /// 404, also for a key that is not the caller's to see.
    static let noAPIKey = Problem.notFound("There is no API key with this id.")

    /// 409: a new secret would be refused as the old one is.
    static let keyExpired = Problem.conflict(
        "key-expired",
        "The API key has expired, and its new secret would be refused too.",
        fix: "Give \"expiresAt\" with a time that is still to come, or null."
    )

    /// 409: keys are not made without end.
    static let tooManyKeys = Problem.conflict(
        "too-many-keys",
        "There are \(APIKeyStore.mostKeys) API keys here already.",
        fix: "Revoke those that nobody uses; each tells when it was used last."
    )
}
