import Messages
import Postgres
import Sealing

/// One request for an administrator's authorization: what the QR code stands for.
struct AuthorizationRequest: Sendable {
    /// What comes back with the authorization; 32 letters and digits.
    var state: String
    var idpID: IdentityProviderID
    /// The page that the QR code leads to.
    var url: String
    var expiresAt: Timestamp
    var completedAt: Timestamp?
    var corpName: String?
    /// Why it did not work, a sentence or two.
    var failure: String?

    /// Whether it can still be scanned.
    func isOpen(_ now: Timestamp = .now) -> Bool { completedAt == nil && expiresAt > now }

    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        state, idp, url, \(time: "expires_at"), \(time: "completed_at"), corp_name, failure
        """

    init(_ row: Row) throws {
        (state, idpID, url, expiresAt, completedAt, corpName, failure) = try row.decode(
            String.self,
            IdentityProviderID.self,
            String.self,
            Timestamp.self,
            Timestamp?.self,
            String?.self,
            String?.self
        )
    }

    /// A new state: WeCom allows 32 letters and digits (wecom.md §1.5).
    static func makeState() -> String {
        RandomText.make(32)
    }
}

/// How an identity provider's authorization stands, as the API shows it.
struct AuthorizationView: Encodable, Sendable {
    var state: IdentityProviderConfiguration.Authorization
    /// The page that the QR code leads to, while it can be scanned.
    var url: String?
    var svgURL: String?
    var pngURL: String?
    var expiresAt: Timestamp?
    var corpID: String?
    var corpName: String?
    var agentID: Int64?
    /// Why the last authorization did not work.
    var failure: String?

    /// - Parameter base: Where the registry is reached, without a slash at the end.
    init(_ provider: IdentityProvider, _ requests: [AuthorizationRequest], base: String) {
        let connection = provider.configuration.connection
        state = provider.configuration.authorization
        corpID = connection?.corpID
        agentID = connection?.agentID
        corpName = connection == nil ? nil : requests.first { $0.completedAt != nil }?.corpName
        failure = requests.first?.failure
        guard let open = requests.first(where: { $0.isOpen() }) else { return }
        url = open.url
        svgURL = "\(base)/api/v1/idps/\(provider.id)/authorization/qr.svg"
        pngURL = "\(base)/api/v1/idps/\(provider.id)/authorization/qr.png"
        expiresAt = open.expiresAt
    }
}
