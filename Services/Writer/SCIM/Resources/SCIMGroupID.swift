import Messages

/// The id of a department among all of a tenant: WeCom's numbers are its identity provider's own.
struct SCIMGroupID: LosslessStringConvertible, Equatable, Sendable {
    let identityProvider: IdentityProviderID
    let department: Int64

    init(_ department: Int64, of identityProvider: IdentityProviderID) {
        self.department = department
        self.identityProvider = identityProvider
    }

    init?(_ description: String) {
        let parts = description.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let identityProvider = IdentityProviderID(String(parts[0])),
            let department = Int64(parts[1])
        else { return nil }
        self.init(department, of: identityProvider)
        // One department has one id.
        guard self.description == description else { return nil }
    }

    var description: String { "\(identityProvider).\(department)" }
}
