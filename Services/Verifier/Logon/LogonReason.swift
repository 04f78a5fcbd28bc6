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
    /// The app may see the person, but no run has brought them yet.
    case userUnknown = "user_unknown"
    /// The person is switched off in the directory.
    case userDisabled = "user_disabled"
    /// Who signed in is not a member of the enterprise.
    case notAMember = "not_a_member"
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
    /// Too many codes that WeCom refuses came for the enterprise of late, or from this address.
    case tooManyCodes = "too_many_codes"
    /// The identity provider's configuration is not at hand, of which nothing follows.
    case configurationUnknown = "configuration_unknown"
    /// WeCom does not answer.
    case wecomUnavailable = "wecom_unavailable"
    /// The database does not answer, or is busy.
    case serviceUnavailable = "service_unavailable"
    /// The logon was begun elsewhere, too long ago, or is over.
    case stateExpired = "state_expired"
    /// A fault of ours.
    case `internal` = "internal"
}
