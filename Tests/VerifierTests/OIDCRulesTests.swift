import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import JWTKit
import KafkaTesting
import Logging
import NIOCore
import Postgres
import PostgresTesting
import Runtime
import Sealing
import Testing
import Web

@testable import Verifier

@Suite(.timeLimit(.minutes(5)))
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
    }

    @Test("a field that is read may be given once, and one that nobody reads as often as one likes")
    func repeatedFields() {
        #expect(FieldLimits.repeated(FormFields("scope=openid&resource=a&resource=b")) == nil)
        #expect(FieldLimits.repeated(FormFields("scope=openid&state=&state=a&resource=b")) == "state")
    }

    @Test(
        "a body is a form by its type alone, whatever that says besides",
        arguments: [
            ("application/x-www-form-urlencoded", true), ("Application/X-WWW-Form-Urlencoded", true),
            ("application/x-www-form-urlencoded; charset=UTF-8", true),
            ("application/x-www-form-urlencoded ;charset=utf-8", true), ("application/x-www-form-urlencodedx", false),
            ("application/json", false), ("", false),
        ]
    )
    func formTypes(type: String, isForm: Bool) {
        let head = HTTPRequest(
            method: .post,
            scheme: nil,
            authority: nil,
            path: "/",
            headerFields: [.contentType: type]
        )
        #expect(Request(head: head, body: RequestBody(buffer: ByteBuffer())).isForm == isForm)
    }

    @Test(
        "an assertion's times may have fractions, a clock may be a minute fast, and an end that has passed has passed",
        arguments: [
            (#""exp":1700000100"#, true), (#""exp":1700000000.9"#, false), (#""exp":1700000001.5"#, true),
            (#""exp":1700003660"#, true), (#""exp":1700003661"#, false), (#""exp":1e300"#, false),
            (#""exp":1700000100,"nbf":1700000060.9"#, true), (#""exp":1700000100,"nbf":1700000061"#, false),
            (#""exp":1700000100,"nbf":1600000000"#, true),
        ]
    )
    func assertionTimes(times: String, holds: Bool) {
        let json = #"{"iss":"signer","sub":"signer","aud":["\#(Bench.publicURL)"],"jti":"1",\#(times)}"#
        let assertion = try? JSONDecoder().decode(ClientAssertion.self, from: Data(json.utf8))
        let answer = assertion?.holds(for: "signer", audiences: [Bench.publicURL], at: 1_700_000_000)
        #expect((answer ?? false) == holds)
    }

    @Test("whatever goes wrong has a name of OAuth's, but what HTTP has a word for")
    func codes() {
        let logger = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
        #expect(
            OAuthError(of: PostgresError(.init(rawValue: "08006"), "gone"), logger)?.code == .temporarilyUnavailable
        )
        #expect(
            OAuthError(of: PostgresError(.init(rawValue: "40001"), "again"), logger)?.code == .temporarilyUnavailable
        )
        #expect(OAuthError(of: PostgresError(.init(rawValue: "22000"), "wrong"), logger)?.code == .serverError)
        #expect(OAuthError(of: CancellationError(), logger)?.code == .temporarilyUnavailable)
        #expect(OAuthError(of: NIOTooManyBytesError(maxBytes: 1), logger)?.code == .invalidRequest)
        #expect(OAuthError(of: OAuthError(.invalidScope, ""), logger)?.code == .invalidScope)
        #expect(OAuthError(of: HTTPError(.notFound), logger) == nil)
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
        (["scope": nil], .invalidScope),
        (["request": "jwt"], .requestNotSupported),
        (["request_uri": "https://app.test"], .requestURINotSupported),
        (["state": String(repeating: "s", count: 2_001)], .invalidRequest),
        (["nonce": String(repeating: "字", count: 167)], .invalidRequest),
        (["scope": "openid " + String(repeating: "s", count: 1_000)], .invalidRequest),
        (["login_hint": String(repeating: "l", count: 513)], .invalidRequest),
        (["state": "\0"], .invalidRequest), (["nonce": "n\0"], .invalidRequest),
    ]

    @Test("what is wrong with a trusted client's request is told to the client", arguments: mistakes)
    func requestMistakes(changes: [String: String?], code: OAuthError.Code) async throws {
        let form = FormFields(String(Bench.authorizeURI(changes).drop { $0 != "?" }.dropFirst()))
        let origin = try await AuthorizationRequest.whereabouts(form) { Self.client($0) }
        let error = #expect(throws: OAuthError.self) { try AuthorizationRequest(form, from: origin) }
        #expect(error?.code == code)
        let address = origin.answer(try #require(error), issuer: Bench.publicURL).uri
        #expect(address.hasPrefix("\(Bench.redirectURI)?error=\(code.rawValue)&"))
    }

    @Test("a redirect_uri is compared exactly")
    func redirects() async {
        for uri in [Bench.redirectURI + "/", Bench.redirectURI + "?a=1", "HTTPS://app.test/callback"] {
            let form = FormFields("client_id=sase&redirect_uri=\(PercentEncoding.encode(uri))")
            await #expect(throws: UntrustedRequest.unknownRedirect) {
                try await AuthorizationRequest.whereabouts(form) { Self.client($0) }
            }
        }
    }

    private static func client(_ name: String) -> Client? {
        name == "sase" ? Client(configuration: SampleClients.client("sase")) : nil
    }
}
