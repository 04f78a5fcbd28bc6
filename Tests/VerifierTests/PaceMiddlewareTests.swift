import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KafkaTesting
import Testing

@testable import Verifier

/// Who is kept to a pace, and where.
@Suite(.timeLimit(.minutes(5)))
struct PaceMiddlewareTests {
    /// Sends so many requests, one after the other, and tells how long that took.
    private static func time(_ count: Int, _ path: String, _ client: any TestClientProtocol) async throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<count {
            _ = try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
        }
        return clock.now - start
    }

    private static func router(_ pace: AddressPace) async throws -> Router<VerifierContext> {
        let router = Router(context: VerifierContext.self)
        router.middlewares.add(OAuthErrorMiddleware())
        router.middlewares.add(PaceMiddleware(pace: pace, proxies: TrustedProxies(), pages: try await Pages()))
        for path in ["/logon", "/oauth2/authorize", "/oauth2/userinfo", "/oauth2/jwks", "/api/v1/keys", "/device"] {
            router.get(RouterPath(path)) { _, _ in Response(status: .badRequest) }
        }
        router.get("/oauth2/end-session") { _, _ -> Response in throw OAuthError(.invalidRequest, "This is wrong.") }
        return router
    }

    @Test(
        "refusals of the pages have an address wait at the pages and under /oauth2",
        arguments: ["/logon", "/device", "/oauth2/authorize", "/oauth2/end-session", "/logon/of/nothing"]
    )
    func pages(path: String) async throws {
        let router = try await Self.router(AddressPace())
        try await Application(router: router, logger: Broker.quiet).test(.router) { client in
            _ = try await Self.time(Int(AddressPace.tolerance) + 20, path, client)
            for paced in [path, "/oauth2/userinfo"] {
                #expect(try await Self.time(20, paced, client) >= AddressPace.interval * 19)
            }
        }
    }

    @Test(
        "what is refused to clients, and what is elsewhere, has nobody wait",
        arguments: ["/oauth2/userinfo", "/api/v1/keys"]
    )
    func clients(path: String) async throws {
        let pace = AddressPace()
        let router = try await Self.router(pace)
        try await Application(router: router, logger: Broker.quiet).test(.router) { client in
            _ = try await Self.time(2 * Int(AddressPace.mostRemembered), path, client)
            let now = ContinuousClock.now
            #expect(pace.turn(of: .unknown, at: now) == .now)
            #expect(pace.turn(of: .unknown, at: now) == .now)
        }
    }

    @Test("who writes another address into the proxy's header each time is kept to the pace all the same")
    func forgedAddresses() async throws {
        let pace = AddressPace()
        let router = try await Self.router(pace)
        let forwardedFor = try #require(HTTPField.Name("X-Forwarded-For"))
        try await Application(router: router, logger: Broker.quiet).test(.router) { client in
            for number in 0..<Int(AddressPace.tolerance) + 20 {
                let headers: HTTPFields = [forwardedFor: "203.0.113.\(number)"]
                _ = try await client.executeRequest(uri: "/logon", method: .get, headers: headers, body: nil)
            }
            let now = ContinuousClock.now
            _ = pace.turn(of: .unknown, at: now)
            #expect(pace.turn(of: .unknown, at: now) != .now)
        }
    }

    @Test("beyond what may wait people see a page and clients an error of theirs, and keys are given as ever")
    func beyond() async throws {
        let pace = AddressPace()
        for _ in 0..<Int(AddressPace.mostRemembered) { pace.refused(.unknown) }
        let later = ContinuousClock.now + .seconds(10)
        while pace.turn(of: .unknown, at: later) != .never {}
        let router = try await Self.router(pace)
        try await Application(router: router, logger: Broker.quiet).test(.router) { client in
            for path in ["/logon", "/oauth2/authorize", "/oauth2/userinfo"] {
                let answer = try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
                #expect(answer.status == .tooManyRequests)
                #expect(Int(answer.headers[.retryAfter] ?? "") == 60)
                let kind = path == "/oauth2/userinfo" ? "application/json" : "text/html"
                #expect(answer.headers[.contentType]?.hasPrefix(kind) == true)
            }
            let keys = try await client.executeRequest(uri: "/oauth2/jwks", method: .get, headers: [:], body: nil)
            #expect(keys.status == .badRequest)
        }
    }
}
