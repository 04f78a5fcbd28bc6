import Messages
import Traces

/// A person whom the directory knows.
struct Principal: Equatable, Sendable {
    /// The person.
    let id: UserID
    /// Where they come from.
    let identityProvider: IdentityProviderID
    /// Whose they are.
    let tenant: TenantID
    /// Which corp of the identity provider they are of.
    let generation: Generation
    /// WeCom's user id.
    let externalID: String
    /// What people call them.
    let name: String?
    /// Their address for mail.
    let email: String?
    /// What programs call them.
    let username: String?
    /// WeCom's numbers of their departments.
    let departments: [Int64]
    /// Whether they may log on.
    let isEnabled: Bool
    /// Since when they may not, where that is known.
    var disabledSince: Timestamp?
    /// The span that wrote the row.
    var trace: TraceContext?
    /// Their telephone number, where the directory tells it.
    var phoneNumber: String?
    /// Where they work, in the same way.
    var address: String?
}
