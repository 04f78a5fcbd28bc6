import FoundationEssentials
import Messages
import Postgres
import Runtime

/// The employees who administer their tenants.
struct AdministratorStore: Sendable {
    let ledger: Ledger

    /// More are not taken for one tenant.
    static let most = 200

    /// The administrators that the caller sees, oldest first.
    func list(_ page: Page, for caller: Caller) async throws -> Listing<Administrator> {
        let rows = try await ledger.database.run(
            """
            select \(Administrator.columns) from registry.administrators
            where (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
                and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return Listing(try rows.map(Administrator.init), of: page) { $0.id.uuidString }
    }

    /// One administrator. Throws 404 for one that the caller does not see.
    func find(_ id: UUID, for caller: Caller) async throws -> Administrator {
        guard let row = try await ledger.database.run(Self.select(id, for: caller)).first else {
            throw Problem.noAdministrator
        }
        return try Administrator(row)
    }

    /// The administrator whom a token speaks for; nil for everybody else.
    func find(_ person: TokenHolder) async throws -> Administrator? {
        let rows = try await ledger.database.run(
            """
            select \(Administrator.columns) from registry.administrators
            where tenant = \(person.tenant) and user_id = \(person.user)
            """
        )
        return try rows.first.map(Administrator.init)
    }

    /// Makes an employee an administrator.
    ///
    /// Throws 404 for a tenant that the caller does not see or that does not exist, 409 for one who is an administrator
    /// already, and when there are too many.
    func create(
        _ form: NewAdministrator,
        of tenant: TenantID,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<Administrator> {
        guard caller.sees(tenant) else { throw Problem.noTenant }
        let administrator = Administrator(
            id: UUIDv7.make(),
            version: 1,
            tenant: tenant,
            user: form.user,
            name: form.name,
            role: form.role,
            createdAt: .now,
            createdBy: caller.actor
        )
        return try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                return Made(try known(earlier, for: caller, on: connection), isRepeated: true)
            }
            _ = try TenantStore.lockForNew(tenant, on: connection)
            try requireRoom(for: form.user, in: tenant, on: connection)
            try connection.run(
                """
                insert into registry.administrators (id, tenant, user_id, name, role, created_at, created_by)
                values (\(administrator.id), \(tenant), \(form.user), \(form.name), \(form.role),
                    \(administrator.createdAt), \(json: try caller.actor.storedJSON))
                """
            )
            try audit("administrator.added", administrator, by: caller, on: connection)
            try identity?.remember(administrator.id.uuidString, on: connection)
            return Made(administrator)
        }
    }

    /// Changes what an administrator may do or is called. Throws 404 as ``find(_:for:)`` does, 412 when somebody else
    /// was faster.
    func change(
        _ id: UUID,
        by form: AdministratorChange,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> Administrator {
        try await ledger.change { connection in
            var administrator = try lock(id, expecting: expected, for: caller, on: connection)
            administrator.name = form.name ?? administrator.name
            administrator.role = form.role ?? administrator.role
            administrator.version += 1
            try connection.run(
                """
                update registry.administrators set version = \(administrator.version), name = \(administrator.name),
                    role = \(administrator.role)
                where id = \(id)
                """
            )
            try audit("administrator.changed", administrator, by: caller, on: connection)
            return administrator
        }
    }

    /// Takes an employee's administration away, which ends it at once. Throws 404 and 412 as a change does.
    func remove(_ id: UUID, expecting expected: ExpectedVersion, by caller: Caller) async throws {
        try await ledger.change { connection in
            let administrator = try lock(id, expecting: expected, for: caller, on: connection)
            try connection.run("delete from registry.administrators where id = \(id)")
            try audit("administrator.removed", administrator, by: caller, on: connection)
        }
    }

    /// A tenant that is deleted has nobody to administer it.
    static func removeAll(of tenant: TenantID, on connection: isolated Connection) throws {
        try connection.run("delete from registry.administrators where tenant = \(tenant)")
    }
}

extension AdministratorStore {
    private static func select(_ id: UUID, for caller: Caller) -> SQL {
        """
        select \(Administrator.columns) from registry.administrators
        where id = \(id) and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
        """
    }

    private func lock(
        _ id: UUID,
        expecting expected: ExpectedVersion,
        for caller: Caller,
        on connection: isolated Connection
    ) throws -> Administrator {
        guard let row = try connection.run(Self.select(id, for: caller) + " for update").first else {
            throw Problem.noAdministrator
        }
        let administrator = try Administrator(row)
        guard expected.admits(administrator.version) else { throw Problem.stale(at: administrator.version) }
        return administrator
    }

    /// The tenant's row is locked: they are counted one after another.
    private func requireRoom(for user: UserID, in tenant: TenantID, on connection: isolated Connection) throws {
        let (count, isThere) = try connection.run(
            """
            select count(*), coalesce(bool_or(user_id = \(user)), false)
            from registry.administrators where tenant = \(tenant)
            """
        )[0].decode(Int.self, Bool.self)
        guard !isThere else { throw Problem.administratorExists }
        guard count < Self.most else { throw Problem.tooManyAdministrators }
    }

    private func audit(
        _ action: String,
        _ administrator: Administrator,
        by caller: Caller,
        on connection: isolated Connection
    ) throws {
        let kind = "administrator"
        let entry = AuditEntry(action, kind, administrator.id, of: administrator.tenant, by: caller.actor)
        let details: [String: JSON] = [
            "name": .string(administrator.name), "role": .string(administrator.role.rawValue),
            "userID": .string(administrator.user.description),
        ]
        try entry.with(details).append(on: connection)
    }

    /// What an earlier request was answered with.
    private func known(
        _ earlier: RequestIdentity.Earlier,
        for caller: Caller,
        on connection: isolated Connection
    ) throws -> Administrator {
        guard let id = UUID(uuidString: earlier.object),
            let row = try connection.run(Self.select(id, for: caller)).first
        else { throw Problem.noAdministrator }
        return try Administrator(row)
    }
}

extension Problem {
    /// 404, also for one who is not the caller's to see.
    static let noAdministrator = Problem.notFound("There is no administrator with this id.")

    /// 409: one role a person.
    static let administratorExists = Problem.conflict(
        "administrator-exists",
        "This person is an administrator of the tenant already.",
        fix: "Change the role of the administrator that there is."
    )

    /// 409: whoever administers is not everybody.
    static let tooManyAdministrators = Problem.conflict(
        "too-many-administrators",
        "There are \(AdministratorStore.most) administrators here already.",
        fix: "Remove those who administer no more; each tells when they were here last."
    )
}
