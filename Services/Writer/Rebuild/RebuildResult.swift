import Messages

/// What a rebuild came to for one identity provider.
struct RebuildResult: Codable, Equatable, Sendable {
    /// How it ended.
    enum Outcome: String, Codable, CaseIterable, Sendable {
        /// What was rebuilt is what is in use.
        case equal
        /// They differ, and what was in use stays.
        case different
        /// They differed, and what was rebuilt is in use now.
        case switched
        /// Nothing can be said, for the reason given; what was in use stays.
        case refused
    }

    var identityProvider: IdentityProviderID
    var outcome: Outcome
    /// Why it was refused.
    var reason: String?
    /// What can be done about that.
    var remedy: String?
    /// What differed; absent where nothing could be compared.
    var comparison: DirectoryComparison?

    init(of identityProvider: IdentityProviderID, _ outcome: Outcome, _ comparison: DirectoryComparison) {
        self.identityProvider = identityProvider
        self.outcome = outcome
        self.comparison = comparison
    }

    init(refused identityProvider: IdentityProviderID, because reason: String, remedy: String? = nil) {
        self.identityProvider = identityProvider
        outcome = .refused
        self.reason = reason
        self.remedy = remedy
    }
}
