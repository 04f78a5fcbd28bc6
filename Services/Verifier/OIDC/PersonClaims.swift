import Messages

/// What a client is told of a person, in the ID token as at userinfo (OpenID Connect Core §5.1).
///
/// There is no `email_verified`: nobody here has sent a mail to the address.
struct PersonClaims: Codable, Equatable, Sendable {
    let sub: String
    let identityProvider: String
    let tenant: String
    let enterpriseID: String?
    var name: String?
    var preferredUsername: String?
    var externalID: String?
    var email: String?
    var groups: [String]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case sub, name, email, groups
        case preferredUsername = "preferred_username"
        case enterpriseID = "enterprise_id"
        case identityProvider = "idp_id"
        case tenant = "tenant_id"
        case externalID = "external_id"
    }

    /// - Parameter enterpriseID: What the person's tenant types.
    init(_ principal: Principal, enterpriseID: EnterpriseID?, for scope: Scope) {
        sub = principal.id.description
        identityProvider = principal.identityProvider.description
        tenant = principal.tenant.description
        self.enterpriseID = enterpriseID?.description
        if scope.contains(.profile) {
            name = principal.name
            preferredUsername = principal.username
            externalID = principal.externalID
        }
        if scope.contains(.email) { email = principal.email }
        if scope.contains(.groups) { groups = principal.departments.map(String.init) }
    }
}
