import Messages

/// Whether somebody may log on: nothing but rules, so that a table of cases can test them.
enum LogonDecision: Equatable, Sendable {
    /// The person is let in.
    case admitted(Principal)
    /// The person is not.
    case refused(LogonReason)
    /// Only WeCom can tell which of two reasons it is: ask whether the app may see the person.
    case dependsOnVisibility

    /// Who signed in, according to WeCom (`wecom.md` §4.4).
    enum Identity: Equatable, Sendable {
        /// A member of the enterprise, in the visible range or not.
        case member(String)
        /// Somebody else with a WeChat account.
        case outsider
    }

    /// Whether the app may see a person, as `user/get` tells (60111 and 60011 say no).
    enum Visibility: Equatable, Sendable {
        /// The app may.
        case visible
        /// The app may not, or the person is gone: WeCom does not tell these apart.
        case outside
        /// WeCom could not be asked.
        case unknown
    }

    /// Why nobody gets in through this identity provider now; `nil` when it is open.
    static func obstacle(_ configuration: IdentityProviderConfiguration) -> LogonReason? {
        if configuration.tenantStatus == .suspended { return .tenantSuspended }
        if configuration.status != .enabled { return .identityProviderClosed }
        if configuration.authorization == .revoked { return .authorizationRevoked }
        return configuration.isConnected ? nil : .identityProviderNotAuthorized
    }

    /// Why an enterprise has nothing to log on with; `nil` when at least one identity provider is open.
    ///
    /// - Parameter configurations: All that the enterprise has.
    static func obstacle(_ configurations: [IdentityProviderConfiguration]) -> LogonReason? {
        guard !configurations.isEmpty else { return .unknownEnterprise }
        let obstacles = Set(configurations.map { obstacle($0) })
        if obstacles.contains(nil) { return nil }
        return obstacles.count == 1 ? obstacles.first ?? nil : .noIdentityProvider
    }

    /// Decides on a person of an identity provider that is open.
    ///
    /// WeCom names any member of the enterprise, whether the app may see them or not, so the synchronised directory
    /// decides (`wecom.md` §4.4, note 1). Members of interconnected enterprises (`CorpId/userid`, note 3) are not
    /// the enterprise's own.
    ///
    /// - Parameters:
    ///   - principal: Whom the directory has under the identity's key.
    ///   - visibility: What WeCom answered after ``dependsOnVisibility``.
    static func of(_ identity: Identity, principal: Principal?, visibility: Visibility? = nil) -> LogonDecision {
        guard case .member(let userID) = identity, !userID.contains("/") else { return .refused(.notAMember) }
        if let principal, principal.isEnabled { return .admitted(principal) }
        guard let visibility else { return .dependsOnVisibility }
        if visibility == .outside { return .refused(.outsideVisibleRange) }
        return .refused(principal == nil ? .userUnknown : .userDisabled)
    }
}
