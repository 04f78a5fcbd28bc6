import Messages

/// Whether somebody may log on: nothing but rules, so that a table of cases can test them.
enum LogonDecision: Equatable, Sendable {
    /// The person is let in.
    case admitted(Principal)
    /// The person is not.
    case refused(LogonReason)
    /// It depends on more than is known.
    case dependsOn(Question)

    /// What has to be found out.
    enum Question: Equatable, CaseIterable, Sendable {
        /// What WeCom says of the code.
        case answer
        /// Whether the app may see the person.
        case visibility
        /// What comes of synchronising this one person.
        case synchronization
    }

    /// Who signed in, according to WeCom (`wecom.md` §4.4).
    enum Identity: Equatable, Sendable {
        /// A member of the enterprise, in the visible range or not.
        case member(String)
        /// Somebody else with a WeChat account.
        case outsider
    }

    /// Decides on an attempt. What costs nothing comes first: WeCom is asked only about what nothing else rules out.
    ///
    /// WeCom names any member of the enterprise, whether the app may see them or not, so the synchronised directory
    /// decides (`wecom.md` §4.4, note 1).
    static func of(_ situation: LogonSituation) -> LogonDecision {
        switch situation.pass {
        case .good: break
        case .unknown: return .refused(.stateUnknown)
        case .expired: return .refused(.stateExpired)
        case .replayed: return .refused(.stateReplayed)
        }
        if situation.hasTooManyTries { return .refused(.tooManyTries) }
        if let obstacle = situation.obstacle { return .refused(obstacle) }
        guard situation.isSchemaRight else { return .refused(.schemaMismatch) }
        switch situation.answer {
        case nil: return .dependsOn(.answer)
        case .some(.none): return .refused(.denied)
        case .failed(let reason): return .refused(reason)
        case .identity(.outsider): return .refused(.notAMember)
        // Members of interconnected enterprises are not the enterprise's own (`wecom.md` §4.4, note 3).
        case .identity(.member(let userID)) where userID.contains("/"): return .refused(.otherCorp)
        case .identity(.member): return person(situation)
        }
    }

    /// Decides on a member of the enterprise.
    private static func person(_ situation: LogonSituation) -> LogonDecision {
        if let principal = situation.principal, principal.isEnabled {
            let isExpected = situation.expected.map { $0 == principal.id } ?? true
            return isExpected ? .admitted(principal) : .refused(.otherPerson)
        }
        guard let visibility = situation.visibility else { return .dependsOn(.visibility) }
        if visibility == .outside { return .refused(.outsideVisibleRange) }
        if situation.principal != nil { return .refused(.userDisabled) }
        switch situation.synchronization {
        case nil: return .dependsOn(.synchronization)
        case .held: return .refused(.userHeld)
        case .done: return .refused(situation.isScopeNarrow ? .outsideScope : .userUnknown)
        case .open: return .refused(.userUnknown)
        }
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
}
