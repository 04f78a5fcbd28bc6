public import Messages

/// What a rebuild came to for one identity provider.
public struct RebuildResult<Comparison: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    /// Whose part was rebuilt.
    public var identityProvider: IdentityProviderID
    /// How it ended.
    public var outcome: RebuildOutcome
    /// Why it was refused, or what differs where no row does.
    public var reason: String?
    /// What can be done about that.
    public var remedy: String?
    /// What differed; absent where nothing could be compared.
    public var comparison: Comparison?
    /// How many sessions ended, of people who may no longer log on; absent where nobody logs on by what is rebuilt.
    public var sessionsEnded: Int?

    /// What came of a comparison.
    public init(
        of identityProvider: IdentityProviderID,
        _ outcome: RebuildOutcome,
        _ comparison: Comparison,
        sessionsEnded: Int? = nil
    ) {
        self.identityProvider = identityProvider
        self.outcome = outcome
        self.comparison = comparison
        self.sessionsEnded = sessionsEnded
    }

    /// That nothing can be said.
    ///
    /// - Parameters:
    ///   - reason: Why.
    ///   - remedy: What can be done about it, where something can.
    public init(refused identityProvider: IdentityProviderID, because reason: String, remedy: String? = nil) {
        self.identityProvider = identityProvider
        outcome = .refused
        self.reason = reason
        self.remedy = remedy
    }
}
