import FoundationEssentials
import Messages
import Postgres
import Sealing

/// An OAuth client, as it is stored.
struct Client: Sendable, Equatable {
    /// What the verifier is told.
    var configuration: ClientConfiguration
    var createdAt: Timestamp
    var updatedAt: Timestamp

    var id: ClientID { configuration.id }

    /// What a client knows: `wbc_` and 43 random characters.
    static func makeSecret() -> Secret { Secret("wbc_" + RandomText.make(43, of: RandomText.base64URL)) }

    /// What its secret is sealed for while a repeated request may still ask for it.
    var sealingContext: String { "client/\(id)" }
}

extension Client {
    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        id, client_id, tenant, revision, configuration, \(time: "created_at"), \(time: "updated_at")
        """

    /// Whose row of ``columns`` it is, also where the configuration cannot be read.
    static func id(of row: Row) throws -> ClientID { try Identity(row).id }

    /// What a row of ``columns`` says past the configuration.
    struct Identity: Sendable {
        let id: ClientID
        let clientID: String
        let tenant: TenantID?
        let revision: Revision
        fileprivate let configuration: String
        fileprivate let createdAt: Timestamp
        fileprivate let updatedAt: Timestamp

        init(_ row: Row) throws {
            (id, clientID, tenant, revision, configuration, createdAt, updatedAt) = try row.decode(
                ClientID.self,
                String.self,
                TenantID?.self,
                Revision.self,
                String.self,
                Timestamp.self,
                Timestamp.self
            )
        }
    }

    /// Reads one row of ``columns``.
    init(_ row: Row) throws {
        let identity = try Identity(row)
        let text = identity.configuration
        (createdAt, updatedAt) = (identity.createdAt, identity.updatedAt)
        do {
            configuration = try .decode(Array(text.utf8))
        } catch {
            throw StoredDataError(what: "a client")
        }
    }
}

extension Client: Encodable {
    private enum CodingKeys: String, CodingKey {
        case isNative = "native"
        case usesDeviceFlow = "deviceFlow"
        case id, clientID, tenantID, revision, name, status, authentication, keys, redirectURIs, postLogoutRedirectURIs
        case backchannelLogoutURI, scopes, idTokenAlgorithm, idleDays, absoluteDays, formerSecretUntil, createdAt
        case updatedAt
    }

    /// A client as the API shows it: never with its secrets.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(configuration.clientID, forKey: .clientID)
        try container.encodeIfPresent(configuration.tenant, forKey: .tenantID)
        try container.encode(configuration.revision, forKey: .revision)
        try container.encode(configuration.name, forKey: .name)
        try container.encode(configuration.status, forKey: .status)
        try container.encode(configuration.authentication, forKey: .authentication)
        try container.encode(configuration.keys, forKey: .keys)
        try container.encode(configuration.redirectURIs, forKey: .redirectURIs)
        try container.encode(configuration.postLogoutRedirectURIs, forKey: .postLogoutRedirectURIs)
        try container.encodeIfPresent(configuration.backchannelLogoutURI, forKey: .backchannelLogoutURI)
        try container.encode(configuration.scopes, forKey: .scopes)
        try container.encode(configuration.idTokenAlgorithm, forKey: .idTokenAlgorithm)
        try container.encode(configuration.isNative, forKey: .isNative)
        try container.encode(configuration.usesDeviceFlow, forKey: .usesDeviceFlow)
        try container.encode(configuration.idleDays, forKey: .idleDays)
        try container.encode(configuration.absoluteDays, forKey: .absoluteDays)
        try container.encodeIfPresent(formerSecretUntil, forKey: .formerSecretUntil)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(updatedAt, forKey: .updatedAt)
    }

    /// Until when the secret before the present one counts.
    private var formerSecretUntil: Timestamp? { configuration.secrets.compactMap(\.goodUntil).max() }
}

/// A client with the secret that its administrator gets to see this once, if it has one.
struct ClientWithSecret: Encodable, Sendable {
    var client: Client
    var secret: Secret?

    private enum CodingKeys: CodingKey { case secret }

    func encode(to encoder: any Encoder) throws {
        try client.encode(to: encoder)
        guard let secret else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try secret.withValue { try container.encode($0, forKey: .secret) }
    }
}
