/// Who signed in.
enum SignedIn: Sendable, Equatable {
    /// An employee, by user ID.
    case member(String)
    /// Somebody who does not belong to the corp, by the openid that the corp sees.
    case outsider(String)
}

/// What a sign-in code stands for.
struct SignIn: Sendable {
    let corpID: String
    /// nil where the link named no application.
    let agentID: Int?
    let person: SignedIn
    /// Whether the person agreed to show private fields (`snsapi_privateinfo`, wecom.md §4.1).
    let showsPrivateFields: Bool
}

/// Whose private fields a user_ticket opens.
struct UserTicket: Sendable {
    let corpID: String
    let agentID: Int
    let userID: String
}

/// The codes and tickets that are under way.
final class SignInBook: Sendable {
    let codes: CodeBook<SignIn>
    let tickets: CodeBook<UserTicket>

    init(clock: SimulatorClock) {
        codes = CodeBook(clock: clock, invalid: .invalidCode, expired: .expiredCode)
        tickets = CodeBook(clock: clock, invalid: .invalidUserTicket, expired: .expiredUserTicket)
    }
}
