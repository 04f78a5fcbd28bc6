import FoundationEssentials
import Sealing

/// Somebody who is signed in. All of it travels sealed in a cookie: the console keeps nothing.
struct Session: Codable, Equatable, Sendable {
    /// What the registry is asked with, an API key or an access token. It stands in sealed cookies and nowhere else.
    var key: String
    /// What an access token is renewed with, and when it has to be; nil where the key is an API key.
    var renewal: Renewal?
    /// The key's id, where it was made for this sign-in alone and ends with it.
    var ownKeyID: String?
    /// What the audit calls the holder.
    var name: String
    var role: Role
    /// The only tenant that the key sees; nil for all.
    var tenantID: String?
    /// What every form carries, so that no other site can send one.
    var formToken: String
    /// When it began, and when it was used last, in seconds of Unix time.
    var since: Int
    var seen: Int

    /// How an access token is replaced by the next.
    struct Renewal: Codable, Equatable, Sendable {
        /// The refresh token.
        var token: String
        /// From when on the access token counts no more, in seconds of Unix time.
        var until: Int

        /// How long before its end an access token is renewed, in seconds.
        static let early = 60
    }

    /// A new one, with a form token of its own: what was known of the browser before counts no more.
    init(_ current: CurrentAPIKey, key: Secret, ownKeyID: String? = nil, now: Int) {
        self.key = key.withValue { $0 }
        self.ownKeyID = ownKeyID
        name = current.actor.name
        role = current.role
        tenantID = current.tenantID
        formToken = RandomText.make(43)
        since = now
        seen = now
    }

    /// A new one, of an administrator who logged on.
    init(_ current: CurrentAPIKey, tokens: SignInClient.Tokens, now: Int) {
        self.init(current, key: Secret(tokens.access), now: now)
        renew(by: tokens, now: now)
    }

    /// Goes on with new tokens.
    mutating func renew(by tokens: SignInClient.Tokens, now: Int) {
        key = tokens.access
        renewal = tokens.refresh.map { Renewal(token: $0, until: now + tokens.lifetime) }
    }

    /// Whether its access token is to be replaced.
    func isDueForRenewal(at now: Int) -> Bool { renewal.map { $0.until - now <= Renewal.early } ?? false }

    /// Whether it lasts still.
    func isGood(at now: Int, idle: Duration, absolute: Duration) -> Bool {
        now - seen < idle.components.seconds && now - since < absolute.components.seconds && seen <= now + 60
    }

    /// Whether the key may do what needs a role.
    func may(_ role: Role) -> Bool { self.role >= role }

    /// Whether the key may do what needs a role for all tenants.
    func mayEverywhere(_ role: Role) -> Bool { may(role) && tenantID == nil }
}

extension Session: CustomStringConvertible {
    /// Who it is, never the key.
    var description: String { "session of \(name)" }
}
