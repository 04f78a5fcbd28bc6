public import Sealing

/// What WeCom pushed, decrypted and read (wecom.md §1.6, §2.5).
public enum CallbackEvent: Sendable, Hashable {
    /// A new ticket for suite tokens, every ten minutes.
    case suiteTicket(suite: SuiteID, ticket: Secret)

    /// An enterprise authorized the template; who it is tells only the code's exchange, `state` is the link's.
    case createAuth(suite: SuiteID, authCode: Secret, state: String?)

    /// Visible range, permissions or state of the app changed in this enterprise.
    case changeAuth(suite: SuiteID, corp: CorpID, state: String?)

    /// The enterprise withdrew its authorization.
    case cancelAuth(suite: SuiteID, corp: CorpID)

    /// The provider asked for a new secret; the code is exchanged as in ``createAuth(suite:authCode:state:)``.
    case resetPermanentCode(suite: SuiteID, authCode: Secret)

    /// People, departments or tags changed.
    case changeContact(ContactChange)

    /// Something else, to be acknowledged and left alone.
    case other(type: String)
}

/// A change in an enterprise's directory. Only a reason to look: what is true is read from WeCom.
public struct ContactChange: Sendable, Hashable {
    /// What changed.
    public enum Subject: Sendable, Hashable {
        /// Somebody, spelt as WeCom does, and the new ID if that is what changed.
        case user(id: String, newID: String?)

        /// A department.
        case department(id: Int64)

        /// A tag.
        case tag(id: Int64)

        /// Somebody entered or left an app's visible range.
        case visibility(userID: String)
    }

    /// How it changed.
    public enum Kind: String, Sendable, Hashable {
        case created
        case updated
        case deleted
    }

    /// The enterprise.
    public let corp: CorpID

    /// What changed.
    public let subject: Subject

    /// How it changed. For the visible range: created is entering, deleted is leaving.
    public let kind: Kind
}
