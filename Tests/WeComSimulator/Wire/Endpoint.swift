import HTTPTypes

/// One path of the API: the kind of token it asks for, and what it answers.
struct Endpoint: Sendable {
    /// The work, by the token that must come with the call.
    enum Work: Sendable {
        case open(@Sendable (APICall) throws -> Answer)
        case access(@Sendable (APICall, AccessGrant) throws -> Answer)
        case suite(@Sendable (APICall, SuiteGrant) throws -> Answer)
        case provider(@Sendable (APICall, ProviderGrant) throws -> Answer)
    }

    let method: HTTPRequest.Method
    let work: Work
    /// Whether the frequency limits count it; a code's exchange is exempt (wecom.md §4.4).
    var isLimited = true

    static func get(_ work: Work) -> Endpoint { Endpoint(method: .get, work: work) }
    static func post(_ work: Work) -> Endpoint { Endpoint(method: .post, work: work) }

    var unlimited: Endpoint {
        var copy = self
        copy.isLimited = false
        return copy
    }
}
