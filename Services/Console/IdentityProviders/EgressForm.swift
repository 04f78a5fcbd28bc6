import Web

/// The proxy that calls to WeCom leave by, as a form shows it.
struct EgressForm: Sendable {
    let base: String
    let version: String
    let host: String?
    let port: String?
    let isSet: Bool
    let hasCredentials: Bool
    let mayChange: Bool

    init(_ provider: IdentityProvider, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        version = visit.version(now: provider.revision)
        host = visit.form["host"] ?? provider.egress?.host
        port = visit.form["port"] ?? provider.egress.map { "\($0.port)" }
        isSet = provider.egress != nil
        hasCredentials = provider.egress?.hasCredentials ?? false
        mayChange = visit.may(.admin)
    }
}
