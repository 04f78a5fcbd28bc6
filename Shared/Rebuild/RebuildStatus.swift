public import Messages

/// How far a rebuild is, or what the last one came to.
public struct RebuildStatus<Comparison: Codable & Equatable & Sendable>: Encodable, Sendable {
    /// Whose part is rebuilt; everybody's where it is absent.
    public var identityProvider: IdentityProviderID?
    /// Whether what is rebuilt takes the place of what is in use.
    public var switches: Bool
    /// How many times it was begun; 0 before the first time.
    public var attempt: Int
    /// When somebody asked for it.
    public var requestedAt: Timestamp
    /// Since when it is over; absent while it is under way.
    public var doneAt: Timestamp?
    /// Why it came to nothing, or, while it is under way, why the attempt before did.
    public var trouble: String?
    /// How many identity providers came to which outcome.
    public var outcomes: [String: Int]
    /// Those that are not equal, the first hundred.
    public var results: [RebuildResult<Comparison>]
}
