import Hummingbird
import Runtime

extension Problem {
    /// 401: no key, or none that is known.
    static let unauthorized = Problem(
        .unauthorized,
        "unauthorized",
        title: "Who is asking?",
        detail: "The request has no API key, or one that does not exist, has expired or was revoked.",
        fix: "Send the header \"Authorization: Bearer <API key>\". An owner makes keys by POST /api/v1/api-keys.",
        headers: [.wwwAuthenticate: "Bearer"]
    )

    /// 401: somebody who signed in, and whom nobody has made an administrator.
    static let notAnAdministrator = Problem(
        .unauthorized,
        "not-an-administrator",
        title: "Not an administrator",
        detail: "Whoever this token speaks for is no administrator of their tenant.",
        fix: "Ask an owner of the tenant to add you under \"Administrators\", or use an API key.",
        headers: [.wwwAuthenticate: "Bearer"]
    )

    /// 403: the key's role does not reach so far.
    static func roleTooLow(has role: Role, needs needed: Role) -> Problem {
        Problem(
            .forbidden,
            "role-too-low",
            title: "Your role does not allow that",
            detail: "Your role is \(role.rawValue); this needs \(needed.rawValue).",
            fix: "Ask an owner for that role, or use an API key that has it."
        )
    }

    /// 403: the key is for one tenant, the request is about more.
    static let boundToTenant = Problem(
        .forbidden,
        "bound-to-tenant",
        title: "This key is for one tenant",
        detail: "The API key is bound to one tenant; this needs a key for all tenants.",
        fix: "Use a key that has the role and is bound to no tenant."
    )
}
