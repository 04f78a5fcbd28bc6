import FoundationEssentials
import Messages
import Postgres

/// `verifier.clients`: the clients as `client.configuration.v1` tells of them, deleted ones too.
///
/// A revision never goes down, so a replay is harmless and no older state comes back (architecture.md §4).
struct ClientStore: Sendable {
    let database: Database
    let memory = ClientMemory()

    init(database: Database) {
        self.database = database
    }

    /// The client that calls itself so, if it may have anything.
    func find(_ name: String) async throws -> Client? {
        guard let client = try await known(name), client.configuration.status == .enabled else { return nil }
        return client
    }

    /// The client that calls itself so, whatever it may have.
    func known(_ name: String) async throws -> Client? {
        guard let name = ClientName(name)?.description else { return nil }
        let (known, age) = memory.find(name)
        if let known { return known }
        let rows = try await database.run(
            "select configuration::text from verifier.clients where client_id = \(name)"
        )
        guard let json = try rows.first?.decode(String.self) else { return nil }
        let client = Client(configuration: try ClientConfiguration.decode(Array(json.utf8)))
        memory.keep(client, as: name, since: age)
        return client
    }

    /// Whether pages of an enabled client come from there.
    func isOrigin(_ origin: String) async throws -> Bool {
        guard origin.utf8.count <= 300, !origin.utf8.contains(0), let origin = WebOrigin.of(origin) else {
            return false
        }
        let rows = try await database.run(
            "select exists (select from verifier.clients where origins @> \([origin])::text[] and status = 'enabled')"
        )
        return try rows.decode(Bool.self) == [true]
    }

    /// All that tokens are signed by; access tokens are for us, and need nothing but the first.
    func algorithms() async throws -> Set<SigningAlgorithm> {
        let rows = try await database.run("select distinct id_token_algorithm from verifier.clients")
        return Set(try rows.decode(String.self).compactMap { SigningAlgorithm(rawValue: $0) }).union([.es256])
    }

    /// Asks whose people a client may have tokens for, as it stands now: no row for nobody's.
    static func standing(_ client: Client) -> SQL {
        "select tenant_id from verifier.clients where client_id = \(client.id) and status = 'enabled'"
    }

    /// Why a client may have no tokens for a tenant's people, by the rows of ``standing(_:)``; `nil` where it may.
    static func obstacle(_ rows: [Row], to tenant: TenantID) throws -> LogonReason? {
        guard let row = rows.first else { return .stateExpired }
        let owner = try row.decode(UUID?.self)
        return owner == nil || owner == tenant.uuid ? nil : .otherTenantsClient
    }

    /// Whether a client is known to be one that may have nothing, and that stays so until the transaction ends.
    static func isClosed(_ client: ClientID, on connection: isolated Connection) throws -> Bool {
        let rows = try connection.run(
            "select status <> 'enabled' from verifier.clients where id = \(client.uuid) for update"
        )
        return try rows.decode(Bool.self) == [true]
    }

    /// Keeps a client's state.
    ///
    /// - Returns: Whether it is a newer one than was known.
    static func keep(_ configuration: ClientConfiguration, on connection: isolated Connection) throws -> Bool {
        let json = String(decoding: try configuration.encode(), as: UTF8.self)
        let origins = Client(configuration: configuration).origins.sorted()
        let rows = try connection.run(
            """
            insert into verifier.clients as known
                (id, client_id, tenant_id, revision, status, id_token_algorithm, origins, configuration)
            values (\(configuration.id.uuid), \(configuration.clientID.description), \(configuration.tenant?.uuid),
                \(configuration.revision.rawValue), \(configuration.status.rawValue),
                \(configuration.idTokenAlgorithm.rawValue), \(origins)::text[], \(json)::jsonb)
            on conflict (id) do update set revision = excluded.revision, status = excluded.status,
                id_token_algorithm = excluded.id_token_algorithm, origins = excluded.origins,
                configuration = excluded.configuration
            where known.revision < excluded.revision
            returning 1
            """
        )
        return !rows.isEmpty
    }
}
