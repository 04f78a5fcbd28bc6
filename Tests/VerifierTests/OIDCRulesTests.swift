import Crypto
import Foundation
import JWTKit
import KafkaTesting
import Postgres
import PostgresTesting
import Runtime
import Sealing
import Testing
import Web

@testable import Verifier

@Suite(.timeLimit(.minutes(1)))
struct OIDCRulesTests {
    @Test("PKCE follows RFC 7636, appendix B")
    func pkce() {
        #expect(PKCE.isChallenge(Bench.challenge))
        #expect(PKCE.matches(Bench.verifier, challenge: Bench.challenge))
        #expect(!PKCE.matches(Bench.verifier + "a", challenge: Bench.challenge))
        #expect(!PKCE.matches("short", challenge: Base64URL.encode(Ticket.digest(of: "short"))))
        #expect(!PKCE.isChallenge(Bench.challenge + "="))
    }

    @Test("a form's fields are unescaped, and one that is given twice is none")
    func forms() {
        let form = FormFields("a=1%2B2+%E5%BC%A0&b=&c=x=y&d=1&d=2&e")
        #expect(form["a"] == "1+2 张")
        #expect(form["b"] == nil)
        #expect(form["c"] == "x=y")
        #expect(form["d"] == nil)
        #expect(form["e"] == nil)
        #expect(form.repeated == "d")
    }

    static let mistakes: [([String: String?], OAuthError.Code)] = [
        (["response_type": "token"], .unsupportedResponseType),
        (["response_type": nil], .invalidRequest),
        (["scope": "profile"], .invalidScope),
        (["code_challenge": nil], .invalidRequest),
        (["code_challenge": nil, "code_challenge_method": nil], .invalidRequest),
        (["code_challenge_method": "plain"], .invalidRequest),
        (["code_challenge_method": nil], .invalidRequest),
        (["code_challenge": "short"], .invalidRequest),
        (["response_mode": "fragment"], .invalidRequest),
        (["request": "jwt"], .requestNotSupported),
        (["request_uri": "https://app.test"], .requestURINotSupported),
        (["prompt": "none"], .loginRequired),
        (["state": String(repeating: "s", count: 2_001)], .invalidRequest),
        (["nonce": String(repeating: "字", count: 167)], .invalidRequest),
        (["scope": "openid " + String(repeating: "s", count: 1_000)], .invalidRequest),
        (["login_hint": String(repeating: "l", count: 513)], .invalidRequest),
    ]

    @Test("what is wrong with a trusted client's request is told to the client", arguments: mistakes)
    func requestMistakes(changes: [String: String?], code: OAuthError.Code) throws {
        let form = FormFields(String(Bench.authorizeURI(changes).drop { $0 != "?" }.dropFirst()))
        let origin = try AuthorizationRequest.whereabouts(form, clients: Self.clients())
        let error = #expect(throws: OAuthError.self) { try AuthorizationRequest(form, from: origin) }
        #expect(error?.code == code)
        let address = origin.address(of: try #require(error), issuer: Bench.publicURL)
        #expect(address.hasPrefix("\(Bench.redirectURI)?error=\(code.rawValue)&"))
    }

    @Test("a redirect_uri is compared exactly")
    func redirects() throws {
        let clients = try Self.clients()
        for uri in [Bench.redirectURI + "/", Bench.redirectURI + "?a=1", "HTTPS://app.test/callback"] {
            let form = FormFields("client_id=sase&redirect_uri=\(PercentEncoding.encode(uri))")
            #expect(throws: UntrustedRequest.unknownRedirect) {
                try AuthorizationRequest.whereabouts(form, clients: clients)
            }
        }
    }

    @Test(
        "clients that are not well described are refused",
        arguments: [
            "{}", #"[{"id":"a"}]"#, #"[{"id":"","redirectURIs":[]}]"#, #"[{"id":"a","redirectURIs":["/x"]}]"#,
            #"[{"id":"a","redirectURIs":["https://a.test/#f"]}]"#,
            #"[{"id":"a","redirectURIs":[],"secret":"short"}]"#,
            #"[{"id":"a","redirectURIs":[],"secret":"\#(String(repeating: "s", count: 513))"}]"#,
            #"[{"id":"a","redirectURIs":["https://a.test/\#(String(repeating: "p", count: 2_000))"]}]"#,
            #"[{"id":"a","redirectURIs":[]},{"id":"a","redirectURIs":[]}]"#,
        ]
    )
    func badClients(json: String) {
        #expect(throws: Clients.Mistake.self) { try Clients(json: json) }
    }

    @Test("a key's name is its thumbprint, and JWTKit reads the published form")
    func published() async throws {
        let key = SigningKey()
        #expect(try SigningKey(pem: key.pem).id == key.id)
        let json = try JSONEncoder().encode(["keys": [key.published]])
        let keys = JWTKeyCollection()
        try await keys.add(jwksJSON: String(decoding: json, as: UTF8.self))
        let signer = JWTKeyCollection()
        try await signer.add(ecdsa: ES256PrivateKey(backing: key.key), kid: JWKIdentifier(string: key.id))
        let token = try await signer.sign(Self.accessToken, kid: JWKIdentifier(string: key.id))
        #expect(try await keys.verify(token, as: AccessToken.self) == Self.accessToken)
    }

    @Test("instances that start at once agree on the signing key", .enabled(if: TestDatabase.isAvailable))
    func oneKey() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all).run(on: database)
            let sealing = try SealingKeys(Bench.sealing)
            let ids = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let keys = KeyRing(database: database, sealing: sealing)
                        try await keys.load()
                        return await keys.jsonWebKeys.map(\.kid)
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(ids.first?.count == 1)
            let rows = try await database.run("select sealed from verifier.signing_keys")
            #expect(try rows.allSatisfy { try $0.decode(String.self).hasPrefix("v1.k1.") })
            let other = try SealingKeys("k2:" + Data(repeating: 9, count: 32).base64EncodedString())
            await #expect(throws: SealingError.unknownKey(keyID: "k1")) {
                try await KeyRing(database: database, sealing: other).load()
            }
        }
    }

    @Test("a token is ours only with our signature and its type", .enabled(if: TestDatabase.isAvailable))
    func types() async throws {
        try await withTestDatabase { database, _ in
            try await Migrator(schema: Migrations.schema, migrations: Migrations.all).run(on: database)
            let keys = KeyRing(database: database, sealing: try SealingKeys(Bench.sealing))
            try await keys.load()
            let token = try await keys.sign(Self.accessToken, type: AccessToken.type)
            #expect(try await keys.verify(token, type: AccessToken.type, as: AccessToken.self) == Self.accessToken)
            #expect(try await keys.verify(token, type: IDToken.type, as: AccessToken.self) == nil)
            let forged = token.split(separator: ".").dropLast().joined(separator: ".") + "."
            for wrong in [forged, token + "A", "", "a.b.c"] {
                #expect(try await keys.verify(wrong, type: AccessToken.type, as: AccessToken.self) == nil)
            }
        }
    }

    private static let accessToken = AccessToken(
        iss: "i",
        sub: "s",
        aud: "a",
        exp: 2,
        iat: 1,
        jti: "j",
        client: "c",
        scope: "openid",
        sid: "x"
    )

    private static func clients() throws -> Clients {
        try Clients([
            Client(id: "sase", redirectURIs: [Bench.redirectURI], postLogoutRedirectURIs: [], secret: nil)
        ])
    }
}
