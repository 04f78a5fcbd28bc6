import Messages

/// An enterprise that uses the product.
struct Tenant: Encodable, Sendable, Equatable {
    var id: TenantID
    var name: String
    /// What its employees type into the SASE client.
    var enterpriseID: EnterpriseID
    var createdAt: Timestamp
}
