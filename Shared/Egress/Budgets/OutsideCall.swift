public import Messages
public import WeCom

/// Something that somebody outside has us call WeCom for.
public struct OutsideCall: Sendable, Hashable {
    /// What for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// An administrator gives credentials of an own app.
        case ownAppCheck = "own-app-check"
        /// An administrator has a connection looked at.
        case preflight
        /// An administrator looks at departments or people while setting up.
        case look
        /// An administrator asks for a QR code.
        case authorizationRequest = "authorization-request"
        /// An employee comes back from WeCom with a code that it refuses.
        case refusedCode = "refused-code"
    }

    /// What for.
    public let purpose: Purpose
    /// On whose behalf.
    public let tenant: TenantID
    /// Which enterprise is asked about; nil where that is not known yet.
    public let corp: CorpID?
    /// By which it leaves; nil for our own address.
    public let proxy: HTTPProxy?

    /// - Parameters:
    ///   - purpose: What for.
    ///   - tenant: On whose behalf.
    ///   - corp: Which enterprise is asked about; nil where that is not known yet.
    ///   - proxy: By which it leaves; nil for our own address.
    public init(_ purpose: Purpose, tenant: TenantID, corp: CorpID? = nil, proxy: HTTPProxy? = nil) {
        self.purpose = purpose
        self.tenant = tenant
        self.corp = corp
        self.proxy = proxy
    }
}

/// What was asked for is not done, as too much of it was.
public struct TooManyCalls: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whose count is full.
    public enum Subject: String, Sendable, Hashable {
        /// The tenant's.
        case tenant
        /// The tenant's with this enterprise.
        case corp
        /// That of all who call from one address.
        case address
    }

    /// Whose count is full.
    public let subject: Subject
    /// Whether credentials that WeCom refused were too many, and not calls.
    public let isForRefusals: Bool
    /// When it may be tried again.
    public let retryAfter: Duration

    /// A phrase for whoever asked.
    public var description: String {
        let whose =
            switch subject {
            case .tenant: "by this tenant"
            case .corp: "by this tenant for this enterprise"
            case .address: "by all who call WeCom from this address"
            }
        return isForRefusals
            ? "too many credentials that WeCom refuses were given \(whose)"
            : "this was asked for too often \(whose)"
    }
}
