public import Messages
public import Runtime

/// Something that a service could not handle and has set aside, wherever it lies.
public struct SetAside: Sendable, Equatable {
    /// Names it among all others: `<topic>/<partition>/<offset>` or `<table>/<key>`.
    public let id: String
    /// The topic of dead letters, or the table.
    public let place: String
    /// Which of its reasons the service gave.
    public let code: String
    /// What that means, and what mends it.
    public let advice: String
    /// The reason in particular.
    public let reason: String
    /// The message's type, where it says one.
    public var type: String?
    /// Whose it is, where that is known.
    public var tenant: String?
    /// Of which identity provider it is, where that is known.
    public var identityProvider: String?
    /// When it was tried first, or was set aside.
    public let since: Timestamp
    /// How often it was tried.
    public var attempts: Int
    /// How often it was redriven already.
    public var timesRedriven: Int
    /// Why it cannot be redriven; nil when it can.
    public var obstacle: String?

    /// One of whatever place.
    public init(
        id: String,
        place: String,
        code: String,
        advice: String,
        reason: String,
        type: String? = nil,
        tenant: String? = nil,
        identityProvider: String? = nil,
        since: Timestamp,
        attempts: Int = 1,
        timesRedriven: Int = 0,
        obstacle: String? = nil
    ) {
        self.id = id
        self.place = place
        self.code = code
        self.advice = advice
        self.reason = reason
        self.type = type
        self.tenant = tenant
        self.identityProvider = identityProvider
        self.since = since
        self.attempts = attempts
        self.timesRedriven = timesRedriven
        self.obstacle = obstacle
    }

    /// As programs are given it.
    public var json: JSON {
        var members: [String: JSON] = [
            "id": .string(id), "place": .string(place), "code": .string(code), "advice": .string(advice),
            "reason": .string(reason), "since": .string(since.description), "attempts": .integer(Int64(attempts)),
            "timesRedriven": .integer(Int64(timesRedriven)),
        ]
        let optional = [
            ("type", type), ("tenantID", tenant), ("idpID", identityProvider), ("obstacle", obstacle),
        ]
        for (name, value) in optional { members[name] = value.map(JSON.string) }
        return .object(members)
    }
}
