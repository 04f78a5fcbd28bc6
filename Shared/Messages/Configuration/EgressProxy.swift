public import Sealing

/// An HTTP proxy of an identity provider's own, by which registry, fetcher and verifier call its WeCom.
public struct EgressProxy: Codable, Equatable, Sendable {
    /// A name or an IP address.
    public var host: String
    /// Its port.
    public var port: Int
    /// `user:password`, sealed with ``context(of:)``; nil for a proxy that asks for none.
    public var credentials: SealedSecret?

    /// - Parameters:
    ///   - host: A name or an IP address.
    ///   - port: Its port.
    ///   - credentials: `user:password`, sealed.
    public init(host: String, port: Int, credentials: SealedSecret? = nil) {
        self.host = host
        self.port = port
        self.credentials = credentials
    }

    /// What the credentials are sealed with: other than the app's secret, so that neither opens as the other.
    public static func context(of id: IdentityProviderID) -> String { "\(id)/egress" }
}
