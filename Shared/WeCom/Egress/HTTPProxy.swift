public import Sealing

/// An HTTP proxy by which an enterprise's calls leave: WeCom lets a trusted address belong to one enterprise only.
public struct HTTPProxy: Sendable, Hashable {
    /// What the proxy knows its user by.
    public struct Credentials: Sendable, Hashable {
        /// Without a colon.
        public let user: String

        /// The user's password.
        public let password: Secret

        /// - Parameters:
        ///   - user: Without a colon.
        ///   - password: The user's password.
        public init(user: String, password: Secret) {
            self.user = user
            self.password = password
        }
    }

    /// A name or an IP address.
    public let host: String

    /// Its port.
    public let port: Int

    /// Nil for a proxy that asks for none.
    public let credentials: Credentials?

    /// Whose it is: connections and budgets are never shared with another owner who names the same proxy.
    public let owner: String

    /// - Parameters:
    ///   - host: A name or an IP address.
    ///   - port: Its port.
    ///   - credentials: Nil for a proxy that asks for none.
    ///   - owner: Whose it is, such as a tenant's id.
    public init(host: String, port: Int, credentials: Credentials? = nil, owner: String) {
        self.host = host
        self.port = port
        self.credentials = credentials
        self.owner = owner
    }

    /// What budgets count its calls under.
    public var egressName: String { "proxy/\(owner)/\(host):\(port)" }
}

/// What is wrong with an enterprise's own proxy; it says nothing of WeCom.
public enum ProxyTrouble: String, Sendable, Hashable, CaseIterable {
    /// Nothing answers there.
    case unreachable

    /// It does not take its user and password, or asks for some.
    case refusesCredentials

    /// It does not let us through to WeCom.
    case refusesTunnel

    /// It is at an address that nobody may have us call.
    case forbiddenAddress
}
