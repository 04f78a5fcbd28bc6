import Messages
import WeCom

/// Everything that is known of an attempt to log on, as far as it was found out: what ``LogonDecision`` decides by.
struct LogonSituation: Sendable {
    /// What the person came back with.
    var pass = Pass.good
    /// Whether too much was tried.
    var hasTooManyTries = false
    /// What the identity provider says; `nil` where it is open.
    var obstacle: LogonReason?
    /// Whether a native client has the identity provider's schema; pages have none to compare.
    var isSchemaRight = true
    /// What WeCom says of the code; `nil` before it was asked.
    var answer: Answer?
    /// Whom the directory has; `nil` for nobody, or before it was looked up.
    var principal: Principal?
    /// Who alone may log on, where the client said so.
    var expected: UserID?
    /// Whether the app may see the person; `nil` before WeCom was asked.
    var visibility: Visibility?
    /// What came of synchronising this one person; `nil` before that.
    var synchronization: Synchronization?
    /// Whether the identity provider leaves people out: by departments, or by filters.
    var isScopeNarrow = false

    /// What the person came back with.
    enum Pass: CaseIterable, Sendable {
        /// What was begun in the same browser or program, in time, for the first time.
        case good
        /// Nothing that was begun there.
        case unknown
        /// What was begun too long ago.
        case expired
        /// What somebody came back with before.
        case replayed
    }

    /// What WeCom says of a code.
    enum Answer: Equatable, Sendable {
        /// Somebody signed in.
        case identity(LogonDecision.Identity)
        /// There is no code: the person did not agree.
        case none
        /// WeCom refuses it, or does not answer.
        case failed(LogonReason)
    }

    /// Whether the app may see a person, as `user/get` tells (60111 and 60011 say no).
    enum Visibility: Equatable, CaseIterable, Sendable {
        /// The app may.
        case visible
        /// The app may not, or the person is gone: WeCom does not tell these apart.
        case outside
        /// WeCom could not be asked.
        case unknown
    }

    /// What came of synchronising one person.
    enum Synchronization: Equatable, CaseIterable, Sendable {
        /// It is over; whoever is not in the directory was left out.
        case done
        /// What WeCom says of the person waits for a decision.
        case held
        /// It was not asked for, or is not over yet.
        case open
    }
}
