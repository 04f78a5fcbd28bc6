import JSONCoding

extension WeComClient {
    /// `agent/get`: the app, and with it the visible range (wecom.md §3.11).
    public func agent(_ id: AgentID, token: AccessToken) async throws -> Agent {
        let fields = try await fields(Call(path: "agent/get", query: [("agentid", id.description)]).with(token))
        return Agent(
            id: id,
            name: fields.text("name"),
            visibility: try? Agent.Visibility(fields),
            isClosed: fields.flag("close") ?? false,
            redirectDomain: fields.text("redirect_domain"),
            publication: fields.number("customized_publish_status").flatMap { Agent.Publication(rawValue: $0) }
        )
    }

    /// `agent/get_permissions`: the permissions granted to the app, such as `contact:sensitive:mobile` (wecom.md §1.8).
    public func agentPermissions(token: AccessToken) async throws -> [String] {
        try await fields(Call(path: "agent/get_permissions", body: .object([:])).with(token)).texts("app_permissions")
    }

    /// `agent/get_admin_list`: who administers the app (wecom.md §1.8).
    public func adminList(token: AccessToken) async throws -> [Administrator] {
        try await fields(Call(path: "agent/get_admin_list", body: .object([:])).with(token)).objects("admin")
            .compactMap { admin in
                admin.text("userid").map { Administrator(userID: $0, mayManage: admin.number("auth_type") == 1) }
            }
    }

    /// `getcallbackip`: the addresses that WeCom's callbacks come from (wecom.md §2.4).
    public func callbackAddresses(token: AccessToken) async throws -> [String] {
        try await fields(Call(path: "getcallbackip").with(token)).texts("ip_list")
    }
}

/// An app as its enterprise sees it.
public struct Agent: Sendable, Hashable {
    /// How far a custom-developed app has come (wecom.md §1.5).
    public enum Publication: Int64, Sendable, Hashable {
        /// Authorized, but the provider has not made the app yet.
        case waiting = 0

        /// Being developed.
        case inDevelopment = 1

        /// In use.
        case published = 2

        /// In use, with changes that are not.
        case publishedWithChanges = 3
    }

    /// The app's number.
    public let id: AgentID

    /// Its name.
    public let name: String?

    /// What the app may see; nil where the answer does not say it in a form that is known. Nobody may take that for an
    /// empty range.
    public let visibility: Visibility?

    /// Whether the enterprise has disabled the app.
    public let isClosed: Bool

    /// Host, and port if it has one, that sign-in may return to.
    public let redirectDomain: String?

    /// Nil for an app that is not custom-developed.
    public let publication: Publication?
}

/// Somebody who administers an app.
public struct Administrator: Sendable, Hashable {
    /// Spelt as WeCom does.
    public let userID: String

    /// Whether the right covers management, and not only sending messages.
    public let mayManage: Bool
}
