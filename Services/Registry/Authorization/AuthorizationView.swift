import Messages

/// How an identity provider's authorization stands, as the API shows it.
struct AuthorizationView: Encodable, Sendable {
    var state: IdentityProviderConfiguration.Authorization
    /// The page that the QR code leads to, while it can be scanned; for admins.
    var url: String?
    var svgURL: String?
    var pngURL: String?
    /// Until when it can be scanned.
    var expiresAt: Timestamp?
    var corpID: String?
    var corpName: String?
    var agentID: Int64?
    /// What the enterprise granted, newest first.
    var grants: [GrantView]
    /// How the enterprise was looked after; nil for an app of the enterprise's own, and before anything was granted.
    var enterprise: EnterpriseView?
    /// The template's suite ticket; nil where this installation is no provider.
    var suiteTicket: SuiteTicketView?

    /// - Parameters:
    ///   - open: The request that can be scanned; only for who may see it.
    ///   - base: Where the registry is reached, without a slash at the end.
    init(
        _ provider: IdentityProvider,
        _ grants: [Grant],
        _ enterprise: EnterpriseView?,
        _ ticket: SuiteTicketView?,
        open: AuthorizationRequest?,
        base: String
    ) {
        let connection = provider.configuration.connection
        state = provider.configuration.authorization
        corpID = connection?.corpID
        agentID = connection?.agentID
        corpName = grants.first { $0.corpID != nil && $0.corpID == connection?.corpID }?.corpName
        self.grants = grants.map(GrantView.init)
        self.enterprise = enterprise
        suiteTicket = ticket
        guard let open else { return }
        url = open.url
        svgURL = "\(base)/api/v1/idps/\(provider.id)/authorization/qr.svg"
        pngURL = "\(base)/api/v1/idps/\(provider.id)/authorization/qr.png"
        expiresAt = open.expiresAt
    }
}

/// A grant as the API shows it.
struct GrantView: Encodable, Sendable {
    /// A standing's word, or `inTrouble`.
    var id: GrantID
    var state: String
    /// Since when it has been so.
    var since: Timestamp
    var receivedAt: Timestamp
    var corpID: String?
    var corpName: String?
    /// What keeps it from going on.
    var trouble: Trouble?
    /// Why it ended.
    var reason: String?
    var confirmedBy: String?

    init(_ grant: Grant) {
        id = grant.id
        state = grant.trouble == nil ? grant.standing.rawValue : Self.inTrouble
        since = (grant.trouble == nil ? nil : grant.troubleSince) ?? grant.changedAt
        receivedAt = grant.receivedAt
        corpID = grant.corpID
        corpName = grant.corpName
        trouble = grant.trouble
        reason = grant.note
        confirmedBy = grant.confirmedBy
    }

    static let inTrouble = "inTrouble"
}

/// How an enterprise was looked after.
struct EnterpriseView: Encodable, Sendable {
    /// When WeCom was asked last, and answered.
    var checkedAt: Timestamp?
    /// When it is asked next.
    var nextCheckAt: Timestamp?
    /// What keeps it from being looked after.
    var trouble: Trouble?
    var troubleSince: Timestamp?
    /// The visible range as it was read last.
    var visibleRange: Range?
    /// What came into the visible range and what left it, newest first.
    var rangeChanges: [Change]

    struct Range: Encodable, Sendable {
        var departments: [Int64]
        var users: [String]
        var tags: [Int64]

        init(_ range: VisibleRange) {
            departments = range.departments.sorted()
            users = range.users.sorted()
            tags = range.tags.sorted()
        }
    }

    struct Change: Encodable, Sendable {
        var at: Timestamp
        var added: RangeChange.Side
        var removed: RangeChange.Side
    }
}

/// The age of a template's suite ticket, which WeCom pushes every ten minutes and which is good for thirty.
struct SuiteTicketView: Encodable, Sendable {
    /// When it was pushed; nil when none ever was.
    var pushedAt: Timestamp?
    var isGood: Bool
}
