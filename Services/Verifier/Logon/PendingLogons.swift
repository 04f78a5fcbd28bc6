import Hummingbird

/// The logons that a browser has at WeCom, each in a cookie of its own under the state that WeCom gives back.
///
/// The cookie is what binds a logon to the browser: nobody can finish in one browser what was begun in another (RFC 6749
/// §10.12). Each tab has its own, so that several can log on at once.
struct PendingLogons: Sendable {
    let seal: TravellingSeal
    let cookies: BrowserCookies

    /// How many a browser has at once, and how many bytes they have together: proxies bound the header of all cookies.
    static let most = 4
    static let mostBytes = 6_000
    /// How many bytes of a client's request fit.
    static let mostBytesOfRequest = 3_600

    /// Begins a logon.
    ///
    /// - Returns: The state for WeCom, and what the browser keeps and forgets.
    func begin(_ pending: PendingLogon, in request: Request) throws -> (state: Ticket, cookies: [Cookie]) {
        let state = Ticket.make(isAlphanumeric: true)
        let text = try seal.seal(pending, for: Self.purpose(state.text))
        let older = cookies.pending(in: request).filter { $0.name != cookies.pendingName(of: state.text) }
        var room = Self.mostBytes - text.utf8.count
        // Browsers send cookies of one path in the order in which they were made (RFC 6265 §5.4).
        let kept = older.reversed().prefix(Self.most - 1).prefix { cookie in
            room -= cookie.value.utf8.count
            return room >= 0
        }
        let names = Set(kept.map(\.name))
        let forgotten = older.filter { !names.contains($0.name) }.map { cookies.forgetting($0.name) }
        return (state, [cookies.pending(text, of: state.text)] + forgotten)
    }

    /// The logon of a state, however old; `nil` where this browser has not begun it.
    func find(_ state: String, in request: Request) -> PendingLogon? {
        cookies.pending(of: state, in: request).flatMap { seal.open($0, for: Self.purpose(state)) }
    }

    private static func purpose(_ state: String) -> String { "state/\(state)" }
}
