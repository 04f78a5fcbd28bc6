import Messages
import WeCom

/// Somebody was not let in: why, and what an operator needs to know about it.
struct Refusal: Error, Sendable {
    /// Why.
    var reason: LogonReason
    /// The client that the person came from.
    var client: String?
    /// What the person typed, where it is an enterprise ID.
    var enterprise: EnterpriseID?
    /// Through which identity provider.
    var configuration: IdentityProviderConfiguration?
    /// WeCom's user id of the person, where WeCom named one.
    var externalID: String?
    /// What WeCom said, where it was asked.
    var wecom: WeComError?
    /// Seconds after which it may be tried again, where that is known.
    var retryAfter: Int64?
    /// More for operators; never with a secret.
    var detail: String?
    /// What the client asked for, so that the person can try again, or go back to it.
    var carried: CarriedRequest?

    init(
        _ reason: LogonReason,
        client: String? = nil,
        enterprise: EnterpriseID? = nil,
        configuration: IdentityProviderConfiguration? = nil,
        externalID: String? = nil,
        wecom: WeComError? = nil,
        detail: String? = nil
    ) {
        self.reason = reason
        self.client = client
        self.enterprise = enterprise ?? configuration?.enterpriseID
        self.configuration = configuration
        self.externalID = externalID
        self.wecom = wecom
        self.detail = detail
    }

    /// Adds to what operators are told.
    mutating func add(_ text: String) { detail = [detail, text].compactMap(\.self).joined(separator: "; ") }

    /// The same for another reason.
    func with(_ reason: LogonReason) -> Refusal {
        var refusal = self
        refusal.reason = reason
        return refusal
    }

    /// Who can mend it. Where WeCom gave an error that is not the person's, its own row of the table decides.
    var actor: ResponsibleParty { wecomWords?.actor ?? reason.explanation.actor }

    /// What WeCom's error means, where the reason alone does not tell.
    var wecomWords: ErrorReaction? {
        switch reason {
        case .identityProviderNotAuthorized, .authorizationRevoked, .wecomUnavailable, .internal: wecom?.explanation
        default: nil
        }
    }

    /// What happened, in English.
    var sentence: String {
        guard let words = wecomWords else { return reason.explanation.english }
        return "\(reason.explanation.english) \(Self.capitalized(words.sentence))\(code)."
    }

    /// What helps, in English.
    var fix: String { wecomWords.map { Self.capitalized($0.fix) + "." } ?? reason.explanation.englishFix }

    private var code: String { wecom?.code.map { " (WeCom error \($0))" } ?? "" }

    private static func capitalized(_ sentence: String) -> String {
        sentence.prefix(1).uppercased() + sentence.dropFirst()
    }
}

extension LogonReason {
    /// What an error of WeCom's means to somebody who logs on.
    init(_ error: WeComError) {
        if let code = error.code {
            if ErrorReactions.meansAuthorizationLost(code) {
                self = .authorizationRevoked
                return
            }
            // The redirect's domain is not the app's: new attempts fail alike until an administrator mends it.
            if code == 50001 {
                self = .identityProviderNotAuthorized
                return
            }
            if [50002, 60011, 60021, 60111].contains(code) {
                self = .outsideVisibleRange
                return
            }
        }
        switch error.reaction {
        case .login: self = .codeExpired
        case .retry, .pause, .lowerConcurrency, .renewToken, .awaitTicket: self = .wecomUnavailable
        case .stop, .reauthorize: self = error.code == nil ? .wecomUnavailable : .identityProviderNotAuthorized
        case .skip: self = .userUnknown
        case .bug, .split, .restartPaging: self = .internal
        }
    }
}
