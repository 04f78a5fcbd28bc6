public import Messages
public import Sealing
public import WeCom

extension HTTPProxy {
    /// The proxy that an identity provider's calls leave by, its credentials opened; nil for our own address.
    ///
    /// - Throws: `SealingError`.
    public static func of(
        _ configuration: IdentityProviderConfiguration,
        openedBy keys: SealingKeys
    ) throws -> HTTPProxy? {
        guard let egress = configuration.egress else { return nil }
        let sealed = try egress.credentials.map {
            try keys.open($0, context: EgressProxy.context(of: configuration.id))
        }
        return HTTPProxy(
            host: egress.host,
            port: egress.port,
            credentials: sealed.map(Credentials.init),
            owner: configuration.tenant.description
        )
    }
}

extension HTTPProxy.Credentials {
    /// Both as one secret, to be sealed.
    public var joined: Secret { password.withValue { Secret("\(user):\($0)") } }

    /// Parts what was ``joined``.
    fileprivate init(_ joined: Secret) {
        self = joined.withValue { text in
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return Self(user: String(parts[0]), password: Secret(parts.count == 2 ? String(parts[1]) : ""))
        }
    }
}
