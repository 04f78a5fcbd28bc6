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
    /// Its secret; a client without one is public and must use PKCE.
    let secret: Secret?
    /// How long it can go on with a session.
    var lifetime = SessionLifetime()
    /// What its ID tokens are signed by.
    var idTokenAlgorithm = SigningAlgorithm.es256

    /// Whether it can keep a secret.
    var isConfidential: Bool { secret != nil }

    /// Whether people may be sent back there.
    func accepts(redirect uri: String) -> Bool {
        redirectURIs.contains { RedirectAddress.matches(uri, registered: $0) }
    }
}
