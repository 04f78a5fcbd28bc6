/// The whole current state of an OAuth client.
///
/// Written by the registry on every change, read by the verifier. A deleted one stays for ever as a small record, so that
/// nothing is ever concluded from an absence, and nobody else is given its name. Topic `client.configuration.v1`.
public struct ClientConfiguration: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("client-configuration")

    /// Whether a client may have anything.
    public enum Status: String, Codable, Equatable, Sendable, CaseIterable {
        /// Active.
        case enabled
        /// Nobody logs on by it, and its sessions are over.
        case disabled
        /// Deleted for ever.
        case deleted
    }

    /// How a client says that it is itself.
    public enum Authentication: String, Codable, Equatable, Sendable, CaseIterable {
        /// Not at all: it can keep no secret, and must use PKCE.
        case none
        /// By a secret, as `client_secret_basic` or `client_secret_post`.
        case clientSecret = "client_secret"
        /// By a key that it signs by.
        case privateKey = "private_key_jwt"
    }

    /// Which client.
    public var id: ClientID
    /// What it calls itself: `client_id`. Never another client's, also after it was deleted.
    public var clientID: ClientName
    /// Whose people alone it is for; `nil` for everybody.
    public var tenant: TenantID?
    /// The number of this state.
    public var revision: Revision
    /// What administrators call it.
    public var name: String
    /// Whether it may have anything.
    public var status: Status
    /// How it says that it is itself.
    public var authentication: Authentication
    /// The secrets that count, of which the last one is the present: the one before counts while the client changes over.
    public var secrets: [ClientSecret]
    /// The public keys that it signs by.
    public var keys: [ClientKey]
    /// Where people may be sent back to.
    public var redirectURIs: [String]
    /// Where people may be sent after they logged off.
    public var postLogoutRedirectURIs: [String]
    /// Where it wants to be told that a session has ended.
    public var backchannelLogoutURI: String?
    /// What it may ask for.
    public var scopes: [ClientScope]
    /// What its ID tokens are signed by.
    public var idTokenAlgorithm: SigningAlgorithm
    /// Whether it may log people on by the code that WeCom's own app gave it.
    public var isNative: Bool
    /// Whether people may log on to it by a code that a device shows (RFC 8628).
    public var usesDeviceFlow: Bool
    /// How many days a session can be gone on with since the last refresh.
    public var idleDays: Int
    /// How many days a session can be gone on with at all.
    public var absoluteDays: Int

    /// All of it at once.
    public init(
        id: ClientID = .make(),
        clientID: ClientName? = nil,
        tenant: TenantID? = nil,
        revision: Revision = Revision(rawValue: 1),
        name: String,
        status: Status = .enabled,
        authentication: Authentication = .none,
        secrets: [ClientSecret] = [],
        keys: [ClientKey] = [],
        redirectURIs: [String] = [],
        postLogoutRedirectURIs: [String] = [],
        backchannelLogoutURI: String? = nil,
        scopes: [ClientScope] = ClientScope.ordinary,
        idTokenAlgorithm: SigningAlgorithm = .es256,
        isNative: Bool = false,
        usesDeviceFlow: Bool = false,
        idleDays: Int = 30,
        absoluteDays: Int = 90
    ) {
        self.id = id
        self.clientID = clientID ?? ClientName(of: id)
        self.tenant = tenant
        self.revision = revision
        self.name = name
        self.status = status
        self.authentication = authentication
        self.secrets = secrets
        self.keys = keys
        self.redirectURIs = redirectURIs
        self.postLogoutRedirectURIs = postLogoutRedirectURIs
        self.backchannelLogoutURI = backchannelLogoutURI
        self.scopes = scopes
        self.idTokenAlgorithm = idTokenAlgorithm
        self.isNative = isNative
        self.usesDeviceFlow = usesDeviceFlow
        self.idleDays = idleDays
        self.absoluteDays = absoluteDays
    }

    /// What stays of a deleted one: no secrets, keys or addresses.
    ///
    /// - Parameter revision: The number of that last state.
    public func deleted(as revision: Revision) -> ClientConfiguration {
        ClientConfiguration(
            id: id,
            clientID: clientID,
            tenant: tenant,
            revision: revision,
            name: name,
            status: .deleted,
            authentication: authentication,
            scopes: []
        )
    }
}
