/// What a customized-authorization link asks for.
struct AuthorizationLink: Sendable {
    let state: String
    let templateIDs: [String]
}

/// What an auth_code stands for until it is exchanged.
struct PendingAuthorization: Sendable {
    let corpID: String
    let agentID: Int
    let templateID: String
    let state: String
    /// Whether the exchange gives a new permanent code (wecom.md §1.6, `reset_permanent_code`).
    var resetsCode = false
}

/// The authorizations that are under way.
final class AuthorizationBook: Sendable {
    let links: CodeBook<AuthorizationLink>
    let authCodes: CodeBook<PendingAuthorization>
    let preAuthCodes: CodeBook<String>

    init(clock: SimulatorClock) {
        links = CodeBook(clock: clock, invalid: .invalidParameter, expired: .invalidParameter)
        authCodes = CodeBook(clock: clock, invalid: .invalidAuthCode, expired: .invalidAuthCode)
        preAuthCodes = CodeBook(clock: clock, invalid: .invalidParameter, expired: .invalidParameter)
    }
}
