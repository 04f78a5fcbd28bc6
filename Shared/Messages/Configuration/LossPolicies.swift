/// Why somebody loses access.
public enum LossReason: String, Codable, Hashable, Sendable, CaseIterable {
    /// WeCom has no such person any more.
    case leftCompany
    /// WeCom does not show the person to the app any more.
    case leftVisibleRange
    /// WeCom shows the person, in no department that is synchronised.
    case leftScope
    /// WeCom says that the account is disabled, or that the person left (status 2 or 5, or `enable` 0).
    case disabledInWeCom
}

/// What losing access means.
public enum LossPolicy: String, Codable, Hashable, Sendable, CaseIterable {
    /// Disabled, and kept for ever.
    case disable
    /// Nothing happens, and nobody is asked again while nothing changes.
    case keep
    /// Disabled, and deleted once the grace period is over.
    case deleteAfterGrace
}

/// What each reason for losing access does.
public struct LossPolicies: Codable, Equatable, Sendable {
    /// WeCom has no such person any more.
    public var leftCompany: LossPolicy
    /// WeCom does not show the person to the app any more.
    public var leftVisibleRange: LossPolicy
    /// WeCom shows the person, in no department that is synchronised.
    public var leftScope: LossPolicy
    /// WeCom says that the account is disabled; never `deleteAfterGrace`, as WeCom still has the person.
    public var disabledInWeCom: LossPolicy

    /// All of it at once.
    public init(
        leftCompany: LossPolicy = .deleteAfterGrace,
        leftVisibleRange: LossPolicy = .disable,
        leftScope: LossPolicy = .disable,
        disabledInWeCom: LossPolicy = .disable
    ) {
        self.leftCompany = leftCompany
        self.leftVisibleRange = leftVisibleRange
        self.leftScope = leftScope
        self.disabledInWeCom = disabledInWeCom
    }

    /// What `reason` does.
    public subscript(reason: LossReason) -> LossPolicy {
        switch reason {
        case .leftCompany: leftCompany
        case .leftVisibleRange: leftVisibleRange
        case .leftScope: leftScope
        case .disabledInWeCom: disabledInWeCom
        }
    }
}
