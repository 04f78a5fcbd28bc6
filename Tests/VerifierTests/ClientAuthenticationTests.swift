import Foundation
import HTTPTypes
import HummingbirdTesting
import JWTKit
import KafkaTesting
import Messages
import Sealing
import Testing

@testable import Verifier

/// How clients say that they are themselves, and from where their pages may call.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct ClientAuthenticationTests {
    private static let key = try! SigningKey(for: .es256)

    private static func signer() throws -> ClientConfiguration {
        try signer(keys: [published(key)])
    }

    private static func signer(keys: [ClientKey]) -> ClientConfiguration {
        SampleClients.client("signer", redirectURIs: ["https://signer.test/callback"]) {
            ($0.authentication, $0.keys) = (.privateKey, keys)
        }
    }

    private static func published(_ key: SigningKey) throws -> ClientKey {
        try MessageJSON.decoder.decode(ClientKey.self, from: JSONEncoder().encode(key.published))
    }

    /// What the client signs, with changes.
    private static func assertion(
        iss: String = "signer",
        sub: String = "signer",
        aud: String = Bench.publicURL + "/oauth2/token",
        after seconds: Int64 = 60,
        jti: String = UUID().uuidString,
        by key: SigningKey = key
    ) async throws -> String {
        let keys = JWTKeyCollection()
        try await key.add(to: keys)
        let exp = Int64(Date.now.timeIntervalSince1970) + seconds
        let payload = ClientAssertion(iss: iss, sub: sub, aud: AudienceClaim(value: [aud]), exp: exp, jti: jti)
        return try await keys.sign(payload, kid: JWKIdentifier(string: key.id))
    }

    private static func ask(_ bench: Bench, _ changes: [String: String]) async throws -> TestResponse {
        let form = ["token": "x", "client_assertion_type": ClientAssertion.type].merging(changes) { $1 }
        return try await bench.browser.post("/oauth2/introspect", form: form)
    }

    @Test("a client's signature counts once, for us, in its own name and in time")
    func assertions() async throws {
        try await Bench.run(clients: [Self.signer()]) { bench in
            let once = try await Self.assertion()
            #expect(try await Self.ask(bench, ["client_assertion": once]).status == .ok)
            #expect(try await Self.ask(bench, ["client_assertion": once]).status == .unauthorized)
            let named = try await Self.assertion(aud: Bench.publicURL)
            #expect(try await Self.ask(bench, ["client_assertion": named, "client_id": "signer"]).status == .ok)
            for wrong in [
                try await Self.assertion(iss: "sase"), try await Self.assertion(sub: "gateway"),
                try await Self.assertion(aud: "https://elsewhere.test"), try await Self.assertion(after: -1),
                try await Self.assertion(after: 7_200), try await Self.assertion(jti: ""),
                try await Self.assertion(by: SigningKey(for: .es256)), "a.b.c",
            ] {
                #expect(try await Self.ask(bench, ["client_assertion": wrong]).error == "invalid_client")
            }
        }
    }

    @Test("a client with a key cannot do without it, and nobody shows two things at once")
    func ways() async throws {
        try await Bench.run(clients: [Self.signer()]) { bench in
            let secret = ["client_id": "signer", "client_secret": "the signer's secret"]
            #expect(try await Self.ask(bench, secret).error == "invalid_client")
            #expect(try await Self.ask(bench, ["client_id": "signer"]).error == "invalid_client")
            let assertion = try await Self.assertion()
            let untyped = ["client_assertion": assertion, "client_assertion_type": "urn:x"]
            #expect(try await Self.ask(bench, untyped).error == "invalid_client")
            let foreign = ["client_assertion": assertion, "client_id": "sase"]
            #expect(try await Self.ask(bench, foreign).error == "invalid_client")
            let both = ["client_assertion": assertion, "client_secret": "the gateway's secret"]
            #expect(try await Self.ask(bench, both).error == "invalid_request")
        }
    }

    @Test("keys that have no name, or the same one, each count", arguments: [nil, "the only name"] as [String?])
    func namelessKeys(name: String?) async throws {
        let keys = [Self.key, try SigningKey(for: .es256), try SigningKey(for: .rs256)]
        let known = try keys.map { key in
            var known = try Self.published(key)
            known.kid = name
            return known
        }
        try await Bench.run(clients: [Self.signer(keys: known)]) { bench in
            for key in keys {
                let assertion = try await Self.assertion(by: key)
                #expect(try await Self.ask(bench, ["client_assertion": assertion]).status == .ok)
            }
            let foreign = try await Self.assertion(by: SigningKey(for: .es256))
            #expect(try await Self.ask(bench, ["client_assertion": foreign]).error == "invalid_client")
        }
    }

    @Test("of two secrets in overlap either counts")
    func overlap() async throws {
        let client = SampleClients.client(
            "changing",
            redirectURIs: ["https://changing.test/callback"],
            secrets: ["the old secret of it", "the new secret of it"]
        )
        try await Bench.run(clients: [client]) { bench in
            for (secret, status) in [
                ("the new secret of it", HTTPResponse.Status.ok), ("the old secret of it", .ok),
                ("another secret of it", .unauthorized), ("", .unauthorized),
            ] {
                let form = ["client_id": "changing", "client_secret": secret, "token": "x"]
                let response = try await bench.browser.post("/oauth2/introspect", form: form)
                #expect(response.status == status)
            }
        }
    }

    @Test(
        "where pages come from is told as browsers do",
        arguments: [
            ("https://App.test:443/callback", "https://app.test"), ("https://app.test:8443/", "https://app.test:8443"),
            ("http://127.0.0.1/callback", "http://127.0.0.1"), ("http://127.0.0.1:53211", "http://127.0.0.1"),
            ("http://[::1]:9/", "http://[::1]"), ("com.example.app:/callback", nil), ("null", nil),
        ]
    )
    func webOrigins(address: String, origin: String?) {
        #expect(WebOrigin.of(address) == origin)
    }

    @Test("scripts of clients' own pages may call, and no others")
    func origins() async throws {
        try await Bench.run { bench in
            func answer(_ origin: String, _ path: String) async throws -> String? {
                let response = try await bench.browser.get(path, headers: [.origin: origin])
                return response.headers[.accessControlAllowOrigin]
            }
            #expect(try await answer("https://app.test", "/oauth2/userinfo") == "https://app.test")
            #expect(try await answer("https://evil.test", "/oauth2/userinfo") == nil)
            #expect(try await answer("https://app.test", "/oauth2/end-session") == nil)
            for (origin, path, status) in [
                ("https://app.test", "/oauth2/token", HTTPResponse.Status.noContent),
                ("https://app.test", "/oauth2/par", .noContent), ("null", "/oauth2/token", .forbidden),
                ("https://app.test", "/oauth2/device-authorization", .noContent),
                ("https://evil.test", "/.well-known/openid-configuration", .noContent),
            ] {
                let response = try await bench.client.executeRequest(
                    uri: path,
                    method: .options,
                    headers: [
                        .origin: origin, .accessControlRequestMethod: "POST",
                        .accessControlRequestHeaders: "content-type, traceparent",
                    ],
                    body: nil
                )
                #expect(response.status == status)
                let headers = status == .noContent ? "content-type, traceparent" : nil
                #expect(response.headers[.accessControlAllowHeaders] == headers)
            }
        }
    }
}
