/// Why somebody could not log on. The names are stable: clients and operators tell reasons apart by them.
enum LogonReason: String, CaseIterable, Codable, Sendable {
    /// Nobody has this enterprise ID.
    case unknownEnterprise = "unknown_enterprise"
    /// The enterprise has no identity provider that is open, for several reasons.
    case noIdentityProvider = "no_identity_provider"
    /// The identity provider is closed.
    case identityProviderClosed = "idp_closed"
    /// The tenant may not use the product at present.
    case tenantSuspended = "tenant_suspended"
    /// The identity provider was never authorized in WeCom, or what it was authorized with does not work.
    case identityProviderNotAuthorized = "idp_not_authorized"
    /// The authorization was taken back in WeCom.
    case authorizationRevoked = "authorization_revoked"
    /// The app may not see the person.
    case outsideVisibleRange = "outside_visible_range"
    /// The app may see the person, but what is synchronised leaves them out.
    case outsideScope = "outside_scope"
    /// The app may see the person, but no run has brought them yet.
    case userUnknown = "user_unknown"
    /// The person is switched off in the directory.
    case userDisabled = "user_disabled"
    /// What WeCom says of the person waits for an administrator's decision.
    case userHeld = "user_held"
    /// Who signed in is a member of no enterprise here.
    case notAMember = "not_a_member"
    /// Who signed in is a member of another enterprise, one that is connected with this one in WeCom.
    case otherCorp = "other_corp"
    /// The native client's schema is not the identity provider's.
    case schemaMismatch = "schema_mismatch"
    /// Who signed in is not whom the client expected.
    case otherPerson = "other_person"
    /// The client is another tenant's.
    case otherTenantsClient = "other_tenants_client"
    /// WeCom sent the person back without a code.
    case denied = "denied"
    /// WeCom no longer takes the code.
    case codeExpired = "code_expired"
    /// Too much was tried from this address, for this enterprise or by this person.
    case tooManyTries = "too_many_tries"
    /// The identity provider's configuration is not at hand, of which nothing follows.
    case configurationUnknown = "configuration_unknown"
    /// WeCom does not answer.
    case wecomUnavailable = "wecom_unavailable"
    /// The database does not answer, or is busy.
    case serviceUnavailable = "service_unavailable"
    /// The logon was not begun in this browser, or not here.
    case stateUnknown = "state_unknown"
    /// The logon was begun too long ago.
    case stateExpired = "state_expired"
    /// The logon is over: somebody came back with it before.
    case stateReplayed = "state_replayed"
    /// A fault of ours.
    case `internal` = "internal"

    /// Whether there is nothing to find out about it: the id that the person is shown tells all of it, and no row is kept,
    /// of which anybody could make any number.
    var isToldByIDAlone: Bool {
        switch self {
        case .unknownEnterprise, .stateUnknown, .stateExpired, .stateReplayed, .tooManyTries: true
        default: false
        }
    }

    /// Whether nobody in particular stands behind it, so that it counts for the address that it came from.
    var isStrange: Bool {
        switch self {
        case .codeExpired, .denied, .notAMember, .otherCorp, .schemaMismatch: true
        default: false
        }
    }
}
