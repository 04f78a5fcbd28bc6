import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore
import Sealing
import Testing

@testable import Console

@Suite
struct SessionTests {
    private static let keys = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private static func cookies(isSecure: Bool = false, keys: String = keys) throws -> SessionCookies {
        SessionCookies(
            sealing: try SealingKeys(keys),
            isSecure: isSecure,
            idle: .seconds(1_800),
            absolute: .seconds(43_200)
        )
    }

    private static func session(at time: Int) -> Session {
        let actor = AuditActor(kind: "key", id: nil, name: "somebody")
        let current = CurrentAPIKey(actor: actor, role: .admin, tenantID: nil)
        return Session(current, key: Secret("wbk_0123456789abcdef"), now: time)
    }

    private static func request(_ cookie: Cookie) -> Request {
        Request(
            head: .init(
                method: .get,
                scheme: "http",
                authority: "console",
                path: "/",
                headerFields: [.cookie: "\(cookie.name)=\(cookie.value)"]
            ),
            body: .init(buffer: ByteBuffer())
        )
    }

    @Test("a sign-in lasts while it is used, and not for ever")
    func limits() throws {
        let cookies = try Self.cookies()
        let session = Self.session(at: 1_000)
        let request = Self.request(try cookies.cookie(for: session))
        #expect(cookies.session(of: request, at: 1_000) == session)
        #expect(cookies.session(of: request, at: 2_799) == session)
        #expect(cookies.session(of: request, at: 2_800) == nil)
        var used = session
        used.seen = 44_000
        let late = Self.request(try cookies.cookie(for: used))
        #expect(cookies.session(of: late, at: 44_100) != nil)
        #expect(cookies.session(of: late, at: 44_200) == nil)
    }

    @Test("a sign-in that was changed, sealed by others or for something else is none")
    func forgery() throws {
        let cookies = try Self.cookies()
        let cookie = try cookies.cookie(for: Self.session(at: 1_000))
        let spoilt = String(cookie.value.dropLast(2)) + "AA"
        let other = try Self.cookies(keys: "test:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        for value in [spoilt, "", "v1.test.AAAA", "v1.test." + String(repeating: "A", count: 5_000)] {
            let request = Self.request(Cookie(name: cookie.name, value: value))
            #expect(cookies.session(of: request, at: 1_000) == nil)
        }
        #expect(other.session(of: Self.request(cookie), at: 1_000) == nil)
        let link = SignInLink(key: "k", keyID: "i", now: 1_000)
        let misused = Cookie(name: cookie.name, value: try link.token(sealedBy: try SealingKeys(Self.keys)))
        #expect(cookies.session(of: Self.request(misused), at: 1_000) == nil)
    }

    @Test("no script sees the cookie, and by TLS no other host can plant it")
    func attributes() throws {
        let plain = try Self.cookies().cookie(for: Self.session(at: 0)).description
        let secure = try Self.cookies(isSecure: true).cookie(for: Self.session(at: 0)).description
        #expect(plain.contains("HttpOnly") && plain.contains("SameSite=Lax") && !plain.contains("Secure"))
        #expect(secure.hasPrefix("__Host-") && secure.contains("Secure") && secure.contains("Path=/"))
        #expect(!plain.contains("wbk_") && !plain.contains("somebody"))
    }

    @Test("each sign-in has a form token of its own")
    func tokens() {
        #expect(Self.session(at: 0).formToken != Self.session(at: 0).formToken)
    }

    @Test("a one-time link is over after a while, and cannot be made up")
    func links() throws {
        let keys = try SealingKeys(Self.keys)
        let token = try SignInLink(key: "k", keyID: "i", now: 1_000).token(sealedBy: keys)
        #expect(SignInLink(token, openedBy: keys, now: 1_000)?.key == "k")
        #expect(SignInLink(token, openedBy: keys, now: 1_000 + SignInLink.patience) == nil)
        #expect(SignInLink("v1.test.AAAA", openedBy: keys, now: 1_000) == nil)
    }

    @Test(
        "after signing in one gets to a page of ours, or to the start",
        arguments: [
            ("/idps/1?a=b", true), ("//evil.example", false), ("https://evil.example", false), ("/\\evil", false),
            ("", false), ("/a\nb", false),
        ]
    )
    func next(_ path: String, _ isOurs: Bool) {
        #expect((SignInPages.local(path) != nil) == isOurs)
    }
}
