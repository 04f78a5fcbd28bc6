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

        private var logonName: String { name + "-logon" }

        /// The browser that sends the request, if it has the cookie.
        func browser(of request: Request) -> Browser? {
            ticket(name, of: request).map { Browser(ticket: $0) }
        }

        /// The logon that the browser remembers, if it has that cookie.
        func logon(of request: Request) -> Ticket? { ticket(logonName, of: request) }

        private func ticket(_ name: String, of request: Request) -> Ticket? {
            guard let value = request.cookies[name]?.value, (32...64).contains(value.utf8.count) else { return nil }
            return Ticket(text: value)
        }

        /// The cookie for a browser, good for a day.
        func cookie(for browser: Browser) -> Cookie { cookie(name, browser.ticket, seconds: 86_400) }

        /// The cookie for a logon, good as long as that is remembered. It is another one than the browser's, made after
        /// the person signed in: nobody can have put it there before.
        func cookie(forLogon ticket: Ticket) -> Cookie {
            cookie(logonName, ticket, seconds: Int(BrowserLogonStore.lifetime / .seconds(1)))
        }

        private func cookie(_ name: String, _ ticket: Ticket, seconds: Int) -> Cookie {
            Cookie(
                name: name,
                value: ticket.text,
                maxAge: seconds,
                path: "/",
                secure: isSecure,
                httpOnly: true,
                sameSite: .lax
            )
        }
    }
}
