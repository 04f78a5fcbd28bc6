import FoundationEssentials

/// Which addresses a browser may be sent to with what was granted.
public enum RedirectAddress {
    /// How long an address may be, in bytes.
    public static let longest = 2_000

    /// What is wrong with an address that somebody wants to register, and what to give instead; `nil` when nothing is.
    ///
    /// Over the network only https will do, as the code travels in it; http stays for a program on the person's own
    /// machine, and a scheme of its own, a domain in reverse, for an app (RFC 8252 §7).
    public static func mistake(_ uri: String) -> String? {
        guard (1...longest).contains(uri.utf8.count) else { return "Give a URI of at most \(longest) bytes." }
        guard let url = URL(string: uri), let scheme = url.scheme, !scheme.isEmpty, !uri.contains("#") else {
            return "Give a whole URI without a fragment, such as \"https://app.example.com/callback\"."
        }
        switch scheme.lowercased() {
        case "https": return url.host()?.isEmpty == false ? nil : "Give a URI with a host."
        case "http":
            return isLoopback(url.host() ?? "") ? nil : "Give a URI of https: http is for the person's own machine."
        case let scheme where scheme.contains("."): return nil
        default: return "Give a URI of https, or for an app of a scheme with a dot, such as \"com.example.app:/back\"."
        }
    }

    /// Whether a wanted address is a registered one: byte for byte, but that a program on the person's own machine may
    /// listen on any port (RFC 8252 §7.3).
    public static func matches(_ wanted: String, registered: String) -> Bool {
        if wanted == registered { return true }
        guard let wanted = loopbackParts(wanted), let registered = loopbackParts(registered) else { return false }
        return wanted == registered
    }

    /// An address of the person's own machine without its port; `nil` for any other.
    private static func loopbackParts(_ uri: String) -> [String]? {
        for host in ["http://127.0.0.1", "http://[::1]"] where uri.hasPrefix(host) {
            var rest = uri.dropFirst(host.count)
            if rest.first == ":" {
                let port = rest.dropFirst().prefix { $0 != "/" && $0 != "?" }
                guard let number = Int(port), (1...65_535).contains(number) else { return nil }
                rest = rest.dropFirst(port.count + 1)
            }
            guard rest.isEmpty || rest.first == "/" || rest.first == "?" else { return nil }
            return [host, String(rest)]
        }
        return nil
    }

    private static func isLoopback(_ host: String) -> Bool {
        ["127.0.0.1", "::1", "[::1]", "localhost"].contains(host.lowercased())
    }
}
