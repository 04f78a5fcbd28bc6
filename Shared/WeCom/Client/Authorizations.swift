public import Sealing

/// A page for an administrator to authorize on; to be shown as a QR code.
public struct AuthorizationLink: Sendable, Hashable {
    /// The page.
    public let url: String

    /// From now on; ten days as a rule.
    public let lifetime: Duration
}

/// An enterprise's authorization, just traded for its secret.
public struct PermanentAuthorization: Sendable, Hashable {
    /// The enterprise, encrypted for the provider where the grant is new.
    public let corpID: CorpID

    /// Its short name.
    public let corpName: String?

    /// The secret of the custom-developed app in this enterprise.
    public let permanentCode: Secret

    /// Who authorized, where WeCom tells, spelt as WeCom does.
    public let administratorID: String?

    /// What the authorization link was made with.
    public let state: String?
}

/// What an enterprise has authorized.
public struct AuthorizationInfo: Sendable, Hashable {
    /// The enterprise.
    public let corpID: CorpID

    /// Its short name.
    public let corpName: String?

    /// The app, as a rule exactly one.
    public let agents: [AuthorizedAgent]
}

/// An app that an enterprise has authorized (wecom.md §1.7, `auth_info.agent[]`).
public struct AuthorizedAgent: Sendable, Hashable {
    /// The app's number in this enterprise.
    public let id: AgentID

    /// Its name.
    public let name: String?

    /// Whether it is a custom-developed app.
    public let isCustomized: Bool

    /// Whether single members authorized it instead of an administrator; then there is no organization to read.
    ///
    /// `auth_mode` alone does not say so: WeCom's own example of a custom-developed app has 1 beside departments, and
    /// where there are departments there is an organization.
    public let isAuthorizedByMembers: Bool

    /// What the app may see; nil where the answer does not say it in a form that is known. Nobody may take that for an
    /// empty range.
    public let visibility: Agent.Visibility?

    init?(_ fields: Fields) {
        guard let number = fields.number("agentid"), let id = AgentID(rawValue: Int(number)) else { return nil }
        self.id = id
        name = fields.text("name")
        let isCustomized = fields.flag("is_customized_app") ?? false
        let visibility = fields.object("privilege").flatMap { try? Agent.Visibility(privilege: $0) }
        let hasDepartments = visibility?.departmentIDs.isEmpty == false
        isAuthorizedByMembers = fields.number("auth_mode") == 1 && !isCustomized && !hasDepartments
        self.isCustomized = isCustomized
        self.visibility = visibility
    }
}
