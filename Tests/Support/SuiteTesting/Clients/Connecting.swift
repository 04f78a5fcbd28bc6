/// A tenant with an identity provider that is connected to a corp.
public struct ConnectedTenant: Sendable {
    /// The tenant.
    public let tenant: Registry.Tenant
    /// Its identity provider.
    public let provider: Registry.IdentityProvider
    /// The corp behind it.
    public let corp: Simulator.Corp
    /// The app through which the product sees the corp.
    public let agentID: Int
    /// What the logon page calls the identity provider.
    public let title: String

    /// The same with the own app of another corp behind it.
    public func reconnected(to corp: Simulator.Corp) -> ConnectedTenant {
        ConnectedTenant(tenant: tenant, provider: provider, corp: corp, agentID: corp.agentID, title: title)
    }
}

extension Registry {
    /// Makes a tenant and an identity provider, and connects it as an administrator does: by the page
    /// behind the QR code. It is synchronised at once, and by what WeCom tells.
    ///
    /// - Parameters:
    ///   - name: The tenant's name; also what the identity provider is named by.
    ///   - redirectHost: Host and port that the corp trusts for sign-in.
    public func connect(
        _ name: String,
        to corp: Simulator.Corp,
        in simulator: Simulator,
        redirectHost: String
    ) async throws -> ConnectedTenant {
        let tenant = try await makeTenant(name)
        let title = "WeCom of \(name)"
        let provider = try await makeIdentityProvider(
            of: tenant,
            name: "wecom_\(name)",
            description: title,
            isAutomatic: true
        )
        let authorization = try await requestAuthorization(of: provider)
        _ = try await simulator.authorize(authorization.url ?? "", in: corp)
        let agentID = try await waitForAuthorization(of: provider).agentID ?? 0
        try await simulator.set(["redirectDomain": .string(redirectHost)], of: agentID, in: corp)
        return ConnectedTenant(tenant: tenant, provider: provider, corp: corp, agentID: agentID, title: title)
    }

    /// Connects by an own app's id and secret. It is synchronised by hand only.
    ///
    /// - Parameter egress: The identity provider's own proxy, as the API takes one.
    public func connect(
        _ name: String,
        toOwnAppOf corp: Simulator.Corp,
        egress: JSON? = nil
    ) async throws -> ConnectedTenant {
        let tenant = try await makeTenant(name)
        let title = "WeCom of \(name)"
        let provider = try await makeIdentityProvider(
            of: tenant,
            name: "wecom_\(name)",
            description: title,
            ownApp: corp,
            egress: egress
        )
        return ConnectedTenant(tenant: tenant, provider: provider, corp: corp, agentID: corp.agentID, title: title)
    }
}
