import Runtime
import WeCom

/// One thing that has to be right for an identity provider to work, and whether it is.
struct PreflightCheck: Encodable, Sendable, Equatable {
    /// What is looked at, in the order in which one rests on the other.
    enum Name: String, Encodable, Sendable, CaseIterable {
        /// Whether the app is authorized, or its credentials are given.
        case connection
        /// Whether calls leave and reach WeCom.
        case egress
        /// Whether this server's clock goes by WeCom's.
        case clock
        /// Whether WeCom takes the credentials.
        case token
        /// Whether WeCom trusts the address that calls come from.
        case callerAddress
        /// Whether the app is the one that the credentials are for, and in use.
        case app
        /// Whether sign-in may return to the logon page.
        case trustedDomain
        /// Whom the app sees, and what of the scope it does not.
        case visibleRange
        /// Which fields of people come.
        case readableFields
        /// What the mapping makes of live people.
        case mapping
        /// The native clients' schema.
        case schema
        /// Whether WeCom's callbacks arrive.
        case callbacks
        /// How old the suite ticket is.
        case suiteTicket
    }

    /// What came of it.
    enum Outcome: String, Encodable, Sendable, CaseIterable {
        case passed
        /// It works, and not as well as it could.
        case warning
        case failed
        case notApplicable
        /// It could not be looked at: another check comes first, or WeCom did not answer in time.
        case unknown
    }

    var name: Name
    var outcome: Outcome
    /// What was found, a sentence.
    var finding: String
    /// What to do, a sentence.
    var fix: String?
    /// Who does it.
    var whoActs: ResponsibleParty?
    /// WeCom's code, if that was it.
    var wecomCode: Int?
    /// Figures, never about a person.
    var details: [String: JSON]?

    static func passed(_ name: Name, _ finding: String, details: [String: JSON]? = nil) -> PreflightCheck {
        PreflightCheck(name: name, outcome: .passed, finding: finding, details: details)
    }

    static func notApplicable(_ name: Name, _ finding: String) -> PreflightCheck {
        PreflightCheck(name: name, outcome: .notApplicable, finding: finding)
    }

    static func unknown(_ name: Name, _ finding: String) -> PreflightCheck {
        PreflightCheck(name: name, outcome: .unknown, finding: finding)
    }

    static func failed(
        _ name: Name,
        _ finding: String,
        fix: String,
        by actor: ResponsibleParty,
        details: [String: JSON]? = nil
    ) -> PreflightCheck {
        PreflightCheck(name: name, outcome: .failed, finding: finding, fix: fix, whoActs: actor, details: details)
    }

    static func warning(
        _ name: Name,
        _ finding: String,
        fix: String,
        by actor: ResponsibleParty,
        details: [String: JSON]? = nil
    ) -> PreflightCheck {
        PreflightCheck(name: name, outcome: .warning, finding: finding, fix: fix, whoActs: actor, details: details)
    }

    /// What an error of WeCom's says: a failure in the words that all of the product uses, or that nothing is known where
    /// WeCom did not answer.
    init(_ name: Name, _ error: WeComError, fix: String? = nil, by actor: ResponsibleParty? = nil) {
        let explanation = error.explanation
        let isPassing = [.retry, .pause, .lowerConcurrency].contains(error.reaction) && error.proxyTrouble == nil
        self.init(
            name: name,
            outcome: isPassing ? .unknown : .failed,
            finding: Problem.sentence(explanation.sentence),
            fix: fix ?? Problem.sentence(explanation.fix),
            whoActs: actor ?? explanation.actor,
            wecomCode: error.code
        )
    }

    init(
        name: Name,
        outcome: Outcome,
        finding: String,
        fix: String? = nil,
        whoActs: ResponsibleParty? = nil,
        wecomCode: Int? = nil,
        details: [String: JSON]? = nil
    ) {
        self.name = name
        self.outcome = outcome
        self.finding = finding
        self.fix = fix
        self.whoActs = whoActs
        self.wecomCode = wecomCode
        self.details = details
    }
}

extension WeComError {
    /// What is wrong with the identity provider's own proxy, if that was it.
    var proxyTrouble: ProxyTrouble? {
        if case .proxy(let trouble) = cause { trouble } else { nil }
    }

    /// Whether WeCom does not trust the address that the call came from.
    var isOfAddress: Bool { code == 60_020 || code == 301_042 }
}
