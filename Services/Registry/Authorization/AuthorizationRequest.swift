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
    /// The key of the enterprise that it connected.
    var corpKey: String?
    /// Whether something else was connected since.
    var isVoid: Bool

    /// Whether it can still be scanned.
    func isOpen(_ now: Timestamp = .now) -> Bool { completedAt == nil && !isVoid && expiresAt > now }

    /// The columns that ``init(_:)`` reads.
    static let columns: SQL = """
        state, idp, url, \(time: "expires_at"), \(time: "completed_at"), corp_key, is_void
        """

    init(_ row: Row) throws {
        (state, idpID, url, expiresAt, completedAt, corpKey, isVoid) = try row.decode(
            String.self,
            IdentityProviderID.self,
            String.self,
            Timestamp.self,
            Timestamp?.self,
            String?.self,
            Bool.self
        )
    }

    /// A new state: WeCom allows 32 letters and digits (wecom.md §1.5).
    static func makeState() -> String {
        RandomText.make(32)
    }
}
