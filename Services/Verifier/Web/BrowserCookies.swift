import Hummingbird

/// The cookies of the logon pages: seen by no script, set by this host alone, and sent along when WeCom sends the person
/// back.
struct BrowserCookies: Sendable {
    /// Whether the pages are served by TLS.
    let isSecure: Bool

    /// A cookie with `__Host-` can be set by no other host of the same domain (RFC 6265bis §4.1.3.2).
    private var prefix: String { isSecure ? "__Host-wecombridge" : "wecombridge" }

    private var logonName: String { prefix + "-logon" }

    private var pendingPrefix: String { prefix + "-at-" }

    /// The logon that the browser remembers, if it has that cookie.
    func logon(of request: Request) -> Ticket? {
        guard let value = request.cookies[logonName]?.value, (32...64).contains(value.utf8.count) else { return nil }
        return Ticket(text: value)
    }

    /// The cookie for a logon, good as long as that is remembered. It is made after the person signed in: nobody can have
    /// put it there before.
    func cookie(forLogon ticket: Ticket) -> Cookie {
        cookie(logonName, ticket.text, seconds: Int(BrowserLogonStore.lifetime / .seconds(1)))
    }

    /// What the cookie of a logon at WeCom is called.
    func pendingName(of state: String) -> String { pendingPrefix + state.prefix(12) }

    /// The cookie for a logon at WeCom: kept longer than it counts, so that who comes late can be told so.
    func pending(_ value: String, of state: String) -> Cookie {
        cookie(pendingName(of: state), value, seconds: Int(CarriedRequest.lifetime))
    }

    /// What the browser keeps under a state.
    func pending(of state: String, in request: Request) -> String? {
        request.cookies[pendingName(of: state)]?.value
    }

    /// All that the browser has at WeCom, the oldest first.
    func pending(in request: Request) -> [(name: String, value: String)] {
        request.headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            let name = parts.first.map { String($0.drop { $0 == " " }) } ?? ""
            guard parts.count == 2, name.hasPrefix(pendingPrefix) else { return nil }
            return (name, String(parts[1]))
        }
    }

    /// Has the browser forget a cookie.
    func forgetting(_ name: String) -> Cookie { cookie(name, "", seconds: 0) }

    private func cookie(_ name: String, _ value: String, seconds: Int) -> Cookie {
        Cookie(
            name: name,
            value: value,
            maxAge: seconds,
            path: "/",
            secure: isSecure,
            httpOnly: true,
            sameSite: .lax
        )
    }
}
