import Messages
import Web

/// What a client demands of the logon itself (OpenID Connect Core §3.1.2.1).
struct AuthenticationDemand: Equatable, Sendable {
    /// Nothing may be shown: the browser remembers a logon, or the request fails (`prompt=none`).
    let isSilent: Bool
    /// The person signs in with WeCom, whatever the browser remembers (`prompt=login` or `select_account`, or `max_age=0`,
    /// which means the same).
    let isFresh: Bool
    /// The person chooses whom to sign in as: is shown the identity providers, though there be one (`select_account`).
    let choosesAccount: Bool
    /// How many seconds ago the person may have signed in at most.
    let maximumAge: Int64?
    /// Whom the client expects: an enterprise ID, or what one of its people is called.
    let hint: String?
    /// Whose ID token the client showed.
    let subject: UserID?
    /// The enterprise that the client expects the person to be of.
    let enterprise: EnterpriseID?
    /// The identity provider that the client expects the person to come through.
    let identityProvider: IdentityProviderID?

    private static let prompts: Set = ["none", "login", "select_account", "consent"]

    /// - Parameters:
    ///   - subject: Whose ID token the client showed.
    ///   - isKnown: Whether there is such an enterprise; other texts may well look like one's ID.
    /// - Throws: ``OAuthError``.
    init(_ form: FormFields, subject: UserID?, isKnown: (EnterpriseID) -> Bool) throws(OAuthError) {
        let prompts = Set((form["prompt"] ?? "").split(separator: " ").map(String.init))
        guard prompts.isSubset(of: Self.prompts), !prompts.contains("none") || prompts.count == 1 else {
            throw OAuthError(.invalidRequest, "prompt must be none alone, or any of login, select_account, consent.")
        }
        isSilent = prompts.contains("none")
        choosesAccount = prompts.contains("select_account")
        let age = try form["max_age"].map { (text) throws(OAuthError) in
            guard let seconds = Int64(text), seconds >= 0 else {
                throw OAuthError(.invalidRequest, "max_age must be a number of seconds.")
            }
            return seconds
        }
        maximumAge = age
        isFresh = prompts.contains("login") || choosesAccount || age == 0
        let hinted = form["login_hint"].flatMap { EnterpriseID($0) }.flatMap { isKnown($0) ? $0 : nil }
        hint = hinted == nil ? form["login_hint"] : nil
        enterprise = form["enterprise_id"].flatMap { EnterpriseID($0) } ?? hinted
        identityProvider = form["idp"].flatMap { IdentityProviderID($0) }
        self.subject = subject
    }

    /// Whether a logon that the browser remembers will do.
    ///
    /// - Parameter enterpriseID: Of the person's tenant.
    func accepts(_ logon: BrowserLogonStore.BrowserLogon, of enterpriseID: EnterpriseID?, at seconds: Int64) -> Bool {
        let principal = logon.principal
        if isFresh { return false }
        if let maximumAge, seconds - logon.authenticatedAt > maximumAge { return false }
        if let subject, subject != principal.id { return false }
        if let enterprise, enterprise != enterpriseID { return false }
        if let identityProvider, identityProvider != principal.identityProvider { return false }
        guard let hint else { return true }
        let names = [principal.id.description, principal.externalID, principal.username, principal.email]
        return names.contains { $0?.lowercased() == hint.lowercased() }
            || enterpriseID != nil && EnterpriseID(hint) == enterpriseID
    }
}
