import Messages

/// What a client is told of a person, in the ID token as at userinfo (OpenID Connect Core §5.1).
///
/// There is no `email_verified`, and no `phone_number_verified`: nobody here has sent a mail to the address, or called the
/// number.
struct PersonClaims: Codable, Equatable, Sendable {
    let sub: String
    let identityProvider: String
    let tenant: String
    let enterpriseID: String?
    var name: String?
    var preferredUsername: String?
    var externalID: String?
    var email: String?
    var phoneNumber: String?
    var address: Address?
    var groups: [String]?

    /// An address as one text, which is all that WeCom has (§5.1.1).
    struct Address: Codable, Equatable, Sendable {
        let formatted: String
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case sub, name, email, address, groups
        case phoneNumber = "phone_number"
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
        if scope.contains(.phone) { phoneNumber = principal.phoneNumber }
        if scope.contains(.address) { address = principal.address.map { Address(formatted: $0) } }
        if scope.contains(.groups) { groups = principal.departments.map(String.init) }
    }
}
