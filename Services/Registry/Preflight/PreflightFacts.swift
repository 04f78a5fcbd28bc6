import Messages
import WeCom

/// What a preflight found out, before anything is made of it.
struct PreflightFacts: Sendable {
    /// What became of a question.
    enum Answer<Value: Sendable>: Sendable {
        /// Not asked, or not answered in time.
        case missing
        case refused(WeComError)
        case known(Value)

        var value: Value? {
            if case .known(let value) = self { value } else { nil }
        }

        var error: WeComError? {
            if case .refused(let error) = self { error } else { nil }
        }
    }

    /// What the app sees.
    struct Structure: Sendable, Equatable {
        /// The departments' ids.
        var departments: Set<Int64>
        /// Whether departments have names, where one could be looked at.
        var hasNames: Bool?
    }

    var configuration: IdentityProviderConfiguration
    /// What WeCom says beside its answers, and how far our clock is ahead of its, in seconds.
    var probe = Answer<Probe>.missing
    var clockDifference: Int64?
    /// Whether WeCom gives a token.
    var token = Answer<Bool>.missing
    var agent = Answer<Agent>.missing
    var structure = Answer<Structure>.missing
    var people = Answer<PeopleSample>.missing
    /// Whether an own app of another enterprise is called by the same way; nil when that could not be looked at.
    var hasNeighbour: Bool?
    /// Whether this installation is a provider to WeCom.
    var hasProvider = false
    /// How old the newest suite ticket is; nil without one.
    var ticketAge: Duration?
    /// How long ago WeCom's last callback came; nil when none ever did.
    var silence: Duration?
    /// Where this installation's pages are, as far as that is configured.
    var places = PreflightPlaces()

    /// The first error that says that the address is not trusted.
    var addressError: WeComError? {
        [token.error, agent.error, structure.error, people.error].compactMap { $0 }.first(where: \.isOfAddress)
    }

    var isOwnApp: Bool { configuration.connection?.kind == .ownApp }
}

/// Where this installation is reached.
struct PreflightPlaces: Sendable {
    /// The registry's origin; empty when it is not known.
    var publicURL = ""
    /// Host and port of the logon page; nil when they are not known.
    var logonHost: String?
}
