/// What to do about an answer of WeCom that is not the one asked for (wecom.md §5).
public enum Reaction: String, Sendable, Hashable, Codable, CaseIterable {
    /// Wait a little longer each time, and ask again, a few times.
    case retry

    /// The enterprise's frequency limit is reached: ask nothing for a while.
    case pause

    /// Too many calls at once: ask again with fewer in flight.
    case lowerConcurrency

    /// Drop the cached token, fetch one, ask once more.
    case renewToken

    /// The answer is too large: ask for smaller parts.
    case split

    /// The cursor is void: read the list from its start.
    case restartPaging

    /// Wait for the next suite ticket, which WeCom pushes every ten minutes.
    case awaitTicket

    /// The administrator has to authorize again, by a new QR code.
    case reauthorize

    /// Leave this person, department or tag out, note it and go on. Never a proof of deletion.
    case skip

    /// The person has to sign in again from the start.
    case login

    /// Stop the run and keep the data as it is until somebody acts.
    case stop

    /// Our request is wrong.
    case bug
}

/// Who can put an error right.
public enum ResponsibleParty: String, Sendable, Hashable, Codable, CaseIterable {
    /// The enterprise's administrator, in the WeCom admin console.
    case enterpriseAdministrator

    /// The administrator of the tenant, in this product's settings.
    case tenantAdministrator

    /// The person who wants to sign in.
    case employee

    /// Who runs WeCom Bridge.
    case `operator`
}

/// One row of the table: a code, what it means, what to do about it, and the words that pages show.
public struct ErrorReaction: Sendable, Hashable {
    /// WeCom's `errcode`, nil for failures on the way.
    public let code: Int?

    /// What the program does.
    public let reaction: Reaction

    /// What happened, a sentence for people.
    public let sentence: String

    /// What helps, a sentence for whom `actor` names.
    public let fix: String

    /// Who acts.
    public let actor: ResponsibleParty

    init(_ code: Int?, _ reaction: Reaction, _ actor: ResponsibleParty, _ sentence: String, _ fix: String) {
        self.code = code
        self.reaction = reaction
        self.sentence = sentence
        self.fix = fix
        self.actor = actor
    }
}
