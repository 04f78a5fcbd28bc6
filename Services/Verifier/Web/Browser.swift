import Hummingbird

/// The browser that a logon is bound to, told by a cookie.
struct Browser: Equatable, Sendable {
    /// The cookie's value.
    let ticket: Ticket

    /// What is kept of it.
    var digest: [UInt8] { ticket.digest }

    /// How the cookie is set: seen by no script, and sent along when WeCom sends the person back.
    struct Cookies: Sendable {
        /// Whether the pages are served by TLS.
        let isSecure: Bool

        private var name: String { isSecure ? "__Host-wecombridge" : "wecombridge" }

        /// The browser that sends the request, if it has the cookie.
        func browser(of request: Request) -> Browser? {
            guard let value = request.cookies[name]?.value, (32...64).contains(value.utf8.count) else { return nil }
            return Browser(ticket: Ticket(text: value))
        }

        /// The cookie for a browser, good for a day.
        func cookie(for browser: Browser) -> Cookie {
            Cookie(
                name: name,
                value: browser.ticket.text,
                maxAge: 86_400,
                path: "/",
                secure: isSecure,
                httpOnly: true,
                sameSite: .lax
            )
        }
    }
}
