import FoundationEssentials
import Hummingbird
import Sealing

/// How sign-ins travel: sealed, seen by no script, and sent to this host alone.
struct SessionCookies: Sendable {
    private static let context = "console/session"
    private static let largest = 3_800

    let sealing: SealingKeys
    let isSecure: Bool
    let idle: Duration
    let absolute: Duration

    private var sessionName: String { name("session") }
    private var visitorName: String { name("visitor") }
    private var pendingName: String { name("pending") }

    /// `__Host-` has browsers refuse one that another host of the domain, or plain HTTP, wants to plant.
    private func name(_ what: String) -> String { isSecure ? "__Host-console-\(what)" : "console-\(what)" }

    /// Who sends the request, as far as the sign-in lasts still.
    func session(of request: Request, at now: Int) -> Session? {
        guard let text = request.cookies[sessionName]?.value, text.utf8.count <= Self.largest,
            let sealed = try? SealedSecret(text), let secret = try? sealing.open(sealed, context: Self.context),
            let session = secret.withValue({ try? JSONDecoder().decode(Session.self, from: Data($0.utf8)) }),
            session.isGood(at: now, idle: idle, absolute: absolute)
        else { return nil }
        return session
    }

    /// The cookie of a sign-in.
    ///
    /// `Lax`, so that a link in a notification leads to the page it names; nothing is changed by following a link.
    func cookie(for session: Session) throws -> Cookie {
        let text = String(decoding: try JSONEncoder().encode(session), as: UTF8.self)
        return cookie(sessionName, try sealing.seal(Secret(text), context: Self.context).text, sameSite: .lax)
    }

    /// Whether an answer says already what becomes of the sign-in.
    func isSessionSet(by response: Response) -> Bool {
        response.headers[values: .setCookie].contains { $0.hasPrefix(sessionName + "=") }
    }

    /// What ends a sign-in in the browser.
    var ended: Cookie { cookie(sessionName, "", age: 0, sameSite: .lax) }

    /// The sign-in that has begun in this browser.
    func pending(of request: Request, at now: Int) -> PendingSignIn? {
        request.cookies[pendingName].flatMap { PendingSignIn($0.value, openedBy: sealing, now: now) }
    }

    /// The cookie of a sign-in that begins. `Lax`: the verifier's redirect comes from another site.
    func cookie(for pending: PendingSignIn) throws -> Cookie {
        let text = try pending.text(sealedBy: sealing)
        return cookie(pendingName, text, age: PendingSignIn.patience, sameSite: .lax)
    }

    /// What forgets a sign-in that has begun.
    var noPending: Cookie { cookie(pendingName, "", age: 0, sameSite: .lax) }

    /// What the forms of a browser carry that nobody is signed in with.
    func visitor(of request: Request) -> String? {
        guard let value = request.cookies[visitorName]?.value, value.utf8.count == 43 else { return nil }
        return value
    }

    /// The cookie of such a browser.
    func cookie(forVisitor token: String) -> Cookie { cookie(visitorName, token, sameSite: .strict) }

    private func cookie(_ name: String, _ value: String, age: Int? = nil, sameSite: Cookie.SameSite) -> Cookie {
        Cookie(
            name: name,
            value: value,
            maxAge: age,
            path: "/",
            secure: isSecure,
            httpOnly: true,
            sameSite: sameSite
        )
    }
}
