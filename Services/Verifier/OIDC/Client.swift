import FoundationEssentials
import Sealing

/// A program that lets people log on here.
struct Client: Equatable, Sendable {
    /// What it calls itself.
    let id: String
    /// Where people may be sent back to.
    let redirectURIs: [String]
    /// Where people may be sent after they logged off; compared exactly.
    let postLogoutRedirectURIs: [String]
    /// Its secret; a client without one, and without keys, is public and must use PKCE.
    let secret: Secret?
    /// The secret that it had before, while it changes over.
    var formerSecret: Secret?
    /// The public keys that it signs by, a JWK Set as JSON: it shows no secret then.
    var keys: String?
    /// How long it can go on with a session.
    var lifetime = SessionLifetime()
    /// Where it wants to be told that a session has ended.
    var backchannelLogoutURI: String?
    /// What its ID tokens are signed by.
    var idTokenAlgorithm = SigningAlgorithm.es256

    /// Whether it can keep a secret.
    var isConfidential: Bool { secret != nil || keys != nil }

    /// Whether a secret is the client's; none is where it has none.
    func accepts(_ shown: Secret?) -> Bool {
        guard let shown else { return !isConfidential }
        return shown == secret || shown == formerSecret
    }

    /// Where its pages come from.
    var origins: Set<String> {
        Set(
            redirectURIs.compactMap { uri in
                guard let url = URL(string: uri), let scheme = url.scheme, let host = url.host(),
                    scheme.hasPrefix("http")
                else { return nil }
                return "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? "")
            }
        )
    }

    /// Whether people may be sent back there.
    func accepts(redirect uri: String) -> Bool {
        redirectURIs.contains { RedirectAddress.matches(uri, registered: $0) }
    }
}
