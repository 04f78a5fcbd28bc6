/// A service provider, who offers templates to corps.
struct Provider: Sendable, Equatable {
    let corpID: String
    var secret: String
}

/// A template of a custom-developed app: corps that authorize it get an application made from it (wecom.md §1.5).
struct Template: Sendable {
    /// Begins with `dk`.
    let id: String
    let providerCorpID: String
    var secret: String
    /// Where WeCom tells of tickets and authorizations.
    var callbackURL: String
    /// Where WeCom tells of a corp's people; `$CORPID$` stands for the corp.
    var dataCallbackURL: String
    var crypto: CallbackCrypto
    /// How often a suite ticket is pushed, in seconds.
    var ticketSeconds: Double
    var name = "SASE 身份同步"
    /// Whether a new authorization is developed and online at once (wecom.md §1.5).
    var publishStatus = 2
}
