import Foundation

/// Where pages come from, as browsers write it in `Origin` (RFC 6454 §6.2).
enum WebOrigin {
    /// The origin of an address: small letters, without the scheme's own port; `nil` where it is none of the web's.
    ///
    /// On a person's own machine a client may listen on any port (RFC 8252 §7.3): that one's pages have none here.
    static func of(_ address: String) -> String? {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased(),
            let host = parts.encodedHost?.lowercased(), ["http", "https"].contains(scheme), !host.isEmpty
        else { return nil }
        let usual = scheme == "https" ? 443 : 80
        let port = parts.port.flatMap { $0 == usual || isLoopback(host) ? nil : ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)"
    }

    private static func isLoopback(_ host: String) -> Bool { ["127.0.0.1", "[::1]"].contains(host) }
}
