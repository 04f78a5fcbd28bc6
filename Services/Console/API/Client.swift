import Runtime

/// A program that lets people log on, as the registry shows it.
struct Client: Decodable, Sendable {
    /// The ways in which a client can prove itself.
    static let ways = ["none", "client_secret", "private_key_jwt"]
    /// What a client can ask for, besides `openid`, without which there is no logon.
    static let scopes = ["profile", "email", "phone", "address", "groups", "offline_access"]
    /// What a new client asks for unless it is said otherwise.
    static let usualScopes = ["profile", "email", "groups", "offline_access"]
    /// What a client for all tenants may have besides: to act for administrators.
    static let administratorsScope = "registry"
    /// What ID tokens can be signed by.
    static let algorithms = ["RS256", "ES256"]
    static let usualAlgorithm = "RS256"

    let id: String
    let clientID: String
    let tenantID: String?
    let revision: Int
    let name: String
    let status: String
    let authentication: String
    let keys: JSON
    let redirectURIs: [String]
    let postLogoutRedirectURIs: [String]
    let backchannelLogoutURI: String?
    let scopes: [String]
    let idTokenAlgorithm: String
    let native: Bool
    let deviceFlow: Bool
    let idleDays: Int
    let absoluteDays: Int
    let formerSecretUntil: String?
    let updatedAt: String
    /// Shown once, by the request that made it.
    let secret: String?

    /// The public keys as people read them; empty where there are none.
    var shownKeys: String { keys == .array([]) ? "" : keys.indented }
}
