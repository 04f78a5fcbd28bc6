import FoundationEssentials
import Logging
import Messages
import Metrics
import Postgres
import Runtime
import Sealing

/// The OAuth clients.
struct ClientStore: Sendable {
    let ledger: Ledger
    /// Seals a new secret for as long as its request may be repeated.
    let seals: SealingKeys

    /// So many are for one tenant at most, and so many for all tenants.
    static let most = 200
    /// And so many may ever be made: a deleted one stays for ever as a small record.
    static let mostEver = 2_000

    /// The clients that the caller sees, oldest first.
    ///
    /// - Parameter tenant: Whose alone; nil for all.
    func list(_ page: Page, of tenant: TenantID?, for caller: Caller) async throws -> Listing<Client> {
        let rows = try await ledger.database.run(
            """
            select \(Client.columns) from registry.clients
            where not is_deleted
                and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
                and (\(tenant)::uuid is null or tenant = \(tenant)::uuid)
                and (\(try page.afterID)::uuid is null or id > \(try page.afterID)::uuid)
            order by id limit \(page.rows)
            """
        )
        return try Listing(rows: rows, of: page, by: { try Client.id(of: $0).description }, readable)
    }

    /// One client. Throws 404 when there is none, or none that the caller sees.
    func find(_ id: ClientID, for caller: Caller) async throws -> Client {
        guard let row = try await ledger.database.run(Self.select(id, for: caller)).first else {
            throw Problem.noClient
        }
        return try Client(row)
    }

    /// Makes a client, with a secret where it proves itself by one, and tells the verifier.
    ///
    /// Throws 400 with every mistake, 404 for a tenant that does not exist, 409 when there are too many or its name was
    /// given before.
    func create(
        _ form: ClientForm.New,
        of tenant: TenantID?,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<ClientWithSecret> {
        let secret = form.authentication == .clientSecret ? Client.makeSecret() : nil
        var configuration = ClientConfiguration(
            clientID: form.clientID,
            tenant: tenant,
            name: "",
            authentication: form.authentication,
            secrets: secret.map { [ClientSecret(of: $0)] } ?? [],
            // What a client checks that says nothing of it (OpenID Connect Dynamic Registration §2).
            idTokenAlgorithm: .rs256
        )
        form.settings.apply(to: &configuration)
        try configuration.check()
        let client = Client(configuration: configuration, createdAt: .now, updatedAt: .now)
        return try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                return Made(try known(earlier, for: caller, on: connection), isRepeated: true)
            }
            try Self.requireRoom(in: tenant, on: connection)
            try Self.insert(client, on: connection)
            let changes = SettingsChanges(from: [:], to: try client.fields)
            try record(changes, of: client, as: "client.created", by: caller.actor, on: connection)
            try remember(identity, client, secret, on: connection)
            return Made(ClientWithSecret(client: client, secret: secret))
        }
    }

    /// Changes a client: a new revision, an audit entry and a message, or nothing of it.
    ///
    /// Throws 400 with every mistake, 404 as ``find(_:for:)`` does, 412 when somebody else was faster.
    func change(
        _ id: ClientID,
        by form: ClientForm,
        expecting expected: ExpectedVersion,
        caller: Caller
    ) async throws -> Client {
        try await ledger.change { connection in
            let client = try Self.lock(id, expecting: expected, for: caller, on: connection)
            var configuration = client.configuration
            form.apply(to: &configuration)
            try configuration.check()
            return try revise(client, to: configuration, as: "client.changed", by: caller.actor, on: connection)
        }
    }

    /// Gives a client another secret; the one that it has counts for some hours yet, one that was replaced before no more.
    ///
    /// Throws 404 and 412 as ``change(_:by:expecting:caller:)`` does, 409 for a client without a secret.
    func rotate(
        _ id: ClientID,
        overlapHours: Int,
        expecting expected: ExpectedVersion,
        as identity: RequestIdentity?,
        by caller: Caller
    ) async throws -> Made<ClientWithSecret> {
        let secret = Client.makeSecret()
        return try await ledger.change { connection in
            if let earlier = try identity?.earlier(on: connection) {
                return Made(try known(earlier, for: caller, on: connection), isRepeated: true)
            }
            let client = try Self.lock(id, expecting: expected, for: caller, on: connection)
            guard var former = client.configuration.secrets.last else { throw Problem.clientWithoutSecret }
            var configuration = client.configuration
            let end = try Timestamp.ofDatabase(on: connection).advanced(by: .seconds(overlapHours * 3_600))
            former.goodUntil = end
            configuration.secrets = (overlapHours > 0 ? [former] : []) + [ClientSecret(of: secret)]
            let action = "client.secret-rotated"
            let changed = try revise(client, to: configuration, as: action, by: caller.actor, on: connection)
            try remember(identity, changed, secret, on: connection)
            return Made(ClientWithSecret(client: changed, secret: secret))
        }
    }

    /// Deletes a client, whose sessions end; nobody is given its name again. Throws 404 and 412 as
    /// ``change(_:by:expecting:caller:)`` does.
    func delete(_ id: ClientID, expecting expected: ExpectedVersion, by caller: Caller) async throws {
        try await ledger.change { connection in
            let client = try Self.lock(id, expecting: expected, for: caller, on: connection)
            try delete(client, by: caller.actor, on: connection)
        }
    }

    /// Deletes a tenant's clients with it, also those that cannot be read.
    ///
    /// - Returns: How many there were.
    func deleteAll(of tenant: TenantID, by actor: AuditActor, on connection: isolated Connection) throws -> Int {
        let rows = try connection.run(
            """
            select \(Client.columns) from registry.clients
            where tenant = \(tenant) and not is_deleted order by id for update
            """
        )
        for row in rows {
            if let client = readable([row]).first {
                try delete(client, by: actor, on: connection)
            } else {
                try deleteUnread(Client.Identity(row), by: actor, on: connection)
            }
        }
        return rows.count
    }
}

extension ClientStore {
    /// The clients that can be read: one that cannot must not keep the others waiting.
    func readable(_ rows: [Row]) -> [Client] {
        rows.compactMap { row in
            do {
                return try Client(row)
            } catch {
                Counter(label: "registry.rows.unreadable").increment()
                ledger.logger.error("a client cannot be read", metadata: ["error": "\(error)"])
                return nil
            }
        }
    }

    private static func select(_ id: ClientID, for caller: Caller) -> SQL {
        """
        select \(Client.columns) from registry.clients
        where id = \(id) and not is_deleted
            and (\(caller.tenant)::uuid is null or tenant = \(caller.tenant)::uuid)
        """
    }

    private static func lock(
        _ id: ClientID,
        expecting expected: ExpectedVersion,
        for caller: Caller,
        on connection: isolated Connection
    ) throws -> Client {
        guard let row = try connection.run(select(id, for: caller) + " for update").first else {
            throw Problem.noClient
        }
        let client = try Client(row)
        let revision = client.configuration.revision.rawValue
        guard expected.admits(revision) else { throw Problem.stale(at: revision) }
        return client
    }

    /// Whoever makes clients for the same tenant waits, so that they are counted one after another.
    private static func requireRoom(in tenant: TenantID?, on connection: isolated Connection) throws {
        if let tenant {
            try TenantStore.lockForNew(tenant, on: connection)
        } else {
            try connection.run("select pg_advisory_xact_lock(hashtextextended('registry.clients', 0))")
        }
        let (live, ever) = try connection.run(
            """
            select count(*) filter (where not is_deleted), count(*) from registry.clients
            where tenant is not distinct from \(tenant)::uuid
            """
        )[0].decode(Int.self, Int.self)
        guard live < most else { throw Problem.tooManyClients }
        guard ever < mostEver else { throw Problem.tooManyClientsEver }
    }

    private static func insert(_ client: Client, on connection: isolated Connection) throws {
        let configuration = client.configuration
        let rows = try connection.run(
            """
            insert into registry.clients (id, client_id, tenant, revision, configuration, created_at, updated_at)
            values (\(client.id), \(configuration.clientID.description), \(configuration.tenant),
                \(configuration.revision), \(json: try configuration.encode()), \(client.createdAt),
                \(client.updatedAt))
            on conflict (client_id) do nothing returning 1
            """
        )
        guard !rows.isEmpty else { throw Problem.clientIDTaken(configuration.clientID) }
    }

    private func delete(_ client: Client, by actor: AuditActor, on connection: isolated Connection) throws {
        let deleted = client.configuration.deleted(as: client.configuration.revision)
        _ = try revise(client, to: deleted, as: "client.deleted", by: actor, on: connection)
    }

    /// Stores a further state; nothing is stored where it is the same.
    private func revise(
        _ client: Client,
        to configuration: ClientConfiguration,
        as action: String,
        by actor: AuditActor,
        on connection: isolated Connection
    ) throws -> Client {
        guard configuration != client.configuration else { return client }
        var changed = client
        changed.configuration = configuration
        changed.configuration.revision = client.configuration.revision.next
        changed.updatedAt = .now
        try connection.run(
            """
            update registry.clients
            set revision = \(changed.configuration.revision), is_deleted = \(configuration.status == .deleted),
                configuration = \(json: try changed.configuration.encode()), updated_at = \(changed.updatedAt)
            where id = \(client.id)
            """
        )
        let changes = SettingsChanges(from: try client.fields, to: try changed.fields)
        try record(changes, of: changed, as: action, by: actor, on: connection)
        return changed
    }

    private func record(
        _ changes: SettingsChanges,
        of client: Client,
        as action: String,
        by actor: AuditActor,
        on connection: isolated Connection
    ) throws {
        let configuration = client.configuration
        let entry = AuditEntry(action, "client", client.id.uuid, of: configuration.tenant, by: actor)
        let details: [String: JSON] = [
            "name": .string(configuration.name), "clientID": .string(configuration.clientID.description),
            "revision": .integer(configuration.revision.rawValue), "changes": try changes.json,
        ]
        try entry.with(details).append(on: connection)
        try ledger.announce([try ledger.announcements.client(configuration)], on: connection)
    }

    private func remember(
        _ identity: RequestIdentity?,
        _ client: Client,
        _ secret: Secret?,
        on connection: isolated Connection
    ) throws {
        let context = client.sealingContext
        let sealed = try secret.map { try seals.seal($0, context: context) }
        try identity?.remember(client.id.description, sealed: sealed, for: context, on: connection)
    }

    /// What an earlier request was answered with: its answer may be what was lost.
    private func known(
        _ earlier: RequestIdentity.Earlier,
        for caller: Caller,
        on connection: isolated Connection
    ) throws -> ClientWithSecret {
        guard let id = ClientID(earlier.object),
            let row = try connection.run(Self.select(id, for: caller)).first
        else { throw Problem.noClient }
        let client = try Client(row)
        let secret = try earlier.sealed.map { try seals.open($0, context: client.sealingContext) }
        return ClientWithSecret(client: client, secret: secret)
    }
}

extension Client {
    /// What can be set of it, by the API's names.
    fileprivate var fields: [String: JSON] {
        get throws {
            guard case .object(var fields) = try JSON(of: self) else { return [:] }
            for name in ["id", "revision", "createdAt", "updatedAt"] { fields[name] = nil }
            return fields
        }
    }
}

extension Problem {
    /// 404, also for a client that is not the caller's to see.
    static let noClient = Problem.notFound("There is no client with this id.")

    /// 409: there is nothing to replace.
    static let clientWithoutSecret = Problem.conflict(
        "client-without-secret",
        "The client has no secret.",
        fix: "Give a client with private_key_jwt other keys; one with none needs neither."
    )

    /// 409: a name stands for one client for ever.
    static func clientIDTaken(_ name: ClientName) -> Problem {
        .conflict(
            "client-id-taken",
            "There is a client \(name) already, or there was one.",
            fix: "Give another clientID, or none: then one is made."
        )
    }

    /// 409: clients are not made without end.
    static let tooManyClients = Problem.conflict(
        "too-many-clients",
        "There are \(ClientStore.most) clients here already.",
        fix: "Delete those that nobody uses."
    )

    /// 409: nor made and deleted without end.
    static let tooManyClientsEver = Problem.conflict(
        "too-many-clients",
        "\(ClientStore.mostEver) clients were made here already.",
        fix: "Change one that there is instead of making another."
    )
}
