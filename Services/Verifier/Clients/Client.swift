import ClientRules
import FoundationEssentials
import Messages
import Sealing

/// A program that lets people log on here, as the registry tells of it.
struct Client: Equatable, Sendable {
    /// All that is known of it.
    let configuration: ClientConfiguration

    /// What it calls itself.
    var id: String { configuration.clientID.description }

    /// Whether it can keep a secret.
    var isConfidential: Bool { configuration.authentication != .none }

    /// What it may ask for.
    var scope: Scope { Scope(Set(configuration.scopes)) }

    /// How long it can go on with a session.
    var lifetime: SessionLifetime {
        SessionLifetime(
            idle: .seconds(configuration.idleDays * 86_400),
            absolute: .seconds(configuration.absoluteDays * 86_400)
        )
    }

    /// The public keys that it signs by, a JWK Set as JSON; `nil` where it proves itself in another way.
    ///
    /// Each is named by its place, as clients need not name theirs, nor differently: all of them are tried.
    var keys: String? {
        get throws {
            guard configuration.authentication == .privateKey else { return nil }
            let named = configuration.keys.enumerated().map { place, key in
                var key = key
                key.kid = "\(place)"
                return key
            }
            return String(decoding: try JSONEncoder().encode(["keys": named]), as: UTF8.self)
        }
    }

    /// Whether it may have tokens for a tenant's people.
    func serves(_ tenant: TenantID) -> Bool { configuration.tenant == nil || configuration.tenant == tenant }

    /// Whether a secret is the client's; none is where it has none.
    func accepts(_ shown: Secret?, at now: Timestamp = .now) -> Bool {
        guard let shown else { return !isConfidential }
        return configuration.secrets.contains { $0.accepts(shown, at: now) }
    }

    /// Whether people may be sent back there.
    func accepts(redirect uri: String) -> Bool {
        configuration.redirectURIs.contains { RedirectAddress.matches(uri, registered: $0) }
    }

    /// Where its pages come from, as browsers write it.
    var origins: Set<String> { Set(configuration.redirectURIs.compactMap(WebOrigin.of)) }
}
