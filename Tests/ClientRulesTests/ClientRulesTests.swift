@testable import ClientRules
import Messages
import Sealing
import Testing

/// What the registry takes as a client, and the verifier is content with.
@Suite struct ClientRulesTests {
    private static let point = Base64URL.encode([UInt8](repeating: 7, count: 32))
    private static let modulus = Base64URL.encode([UInt8](repeating: 0xF7, count: 256))

    private static func client(_ edit: (inout ClientConfiguration) -> Void) -> ClientConfiguration {
        var client = ClientConfiguration(name: "app", redirectURIs: ["https://app.test/callback"])
        edit(&client)
        return client
    }

    private static let secret = ClientSecret(of: Secret("a secret that nobody guesses"))
    private static let key = ClientKey(curveX: point, y: point)

    static let good: [ClientConfiguration] = [
        client { _ in },
        client { $0.redirectURIs = [] },
        client { ($0.authentication, $0.secrets) = (.clientSecret, [secret]) },
        client { ($0.authentication, $0.secrets) = (.clientSecret, [secret, secret]) },
        client { ($0.authentication, $0.keys) = (.privateKey, [key]) },
        client { ($0.authentication, $0.keys) = (.privateKey, [ClientKey(modulus: modulus, exponent: "AQAB")]) },
        client { $0.redirectURIs = ["http://127.0.0.1/back", "http://[::1]:80/", "com.example.app:/back"] },
        client { $0.redirectURIs = (1...100).map { "https://app.test/\($0)" } },
        client { $0.backchannelLogoutURI = "http://localhost:9000/told" },
        client { ($0.tenant, $0.backchannelLogoutURI) = (.make(), "https://app.test/told") },
        client { ($0.idleDays, $0.absoluteDays) = (1, 365) },
        client { $0.scopes = [.openid] },
        client { $0 = $0.deleted(as: $0.revision.next) },
    ]

    @Test("what keeps the rules has no mistakes", arguments: good.indices)
    func kept(index: Int) { #expect(Self.good[index].mistakes == []) }

    static let bad: [(ClientConfiguration, String)] = [
        (client { $0.redirectURIs = ["/x"] }, "redirectURIs[0]"),
        (client { $0.redirectURIs = ["https://a.test", ""] }, "redirectURIs[1]"),
        (client { $0.redirectURIs = ["https://a.test/#f"] }, "redirectURIs[0]"),
        (client { $0.redirectURIs = ["javascript:alert(1)"] }, "redirectURIs[0]"),
        (client { $0.redirectURIs = ["http://a.test/"] }, "redirectURIs[0]"),
        (client { $0.redirectURIs = ["https:///x"] }, "redirectURIs[0]"),
        (client { $0.redirectURIs = ["https://a.test/" + String(repeating: "p", count: 2_000)] }, "redirectURIs[0]"),
        (client { $0.redirectURIs = (0...100).map { "https://app.test/\($0)" } }, "redirectURIs"),
        (client { $0.postLogoutRedirectURIs = ["http://a.test/"] }, "postLogoutRedirectURIs[0]"),
        (client { $0.backchannelLogoutURI = "http://a.test/told" }, "backchannelLogoutURI"),
        (client { $0.backchannelLogoutURI = "com.example.app:/told" }, "backchannelLogoutURI"),
        (
            client { ($0.tenant, $0.backchannelLogoutURI) = (.make(), "http://127.0.0.1/told") },
            "backchannelLogoutURI"
        ),
        (client { $0.secrets = [secret] }, "authentication"),
        (client { $0.authentication = .clientSecret }, "authentication"),
        (client { ($0.authentication, $0.secrets) = (.clientSecret, [secret, secret, secret]) }, "authentication"),
        (client { $0.authentication = .privateKey }, "keys"),
        (client { $0.keys = [key] }, "keys"),
        (client { ($0.authentication, $0.keys) = (.privateKey, Array(repeating: key, count: 11)) }, "keys"),
        (client { ($0.authentication, $0.keys) = (.privateKey, [ClientKey(curveX: "AA", y: point)]) }, "keys[0]"),
        (
            client { ($0.authentication, $0.keys) = (.privateKey, [ClientKey(modulus: point, exponent: "AQAB")]) },
            "keys[0]"
        ),
        (client { $0.scopes = [.profile] }, "scopes"),
        (client { $0.idleDays = 0 }, "idleDays"),
        (client { $0.absoluteDays = 366 }, "absoluteDays"),
    ]

    @Test("what breaks one is told of the field", arguments: bad.indices)
    func broken(index: Int) {
        let (client, field) = Self.bad[index]
        #expect(client.mistakes.map(\.field) == [field])
    }

    @Test("a secret counts until its end, and no other does")
    func secrets() {
        let end = Timestamp(millisecondsSince1970: 1_000)
        let former = ClientSecret(of: Secret("a secret that nobody guesses"), goodUntil: end)
        let (before, after) = (Timestamp(millisecondsSince1970: 999), end)
        #expect(former.accepts(Secret("a secret that nobody guesses"), at: before))
        #expect(!former.accepts(Secret("a secret that nobody guesses"), at: after))
        #expect(!former.accepts(Secret("a secret that somebody guesses"), at: before))
        #expect(Self.secret.accepts(Secret("a secret that nobody guesses"), at: after))
    }

    @Test("a program on the person's own machine listens on any port")
    func loopback() throws {
        let registered = "http://127.0.0.1:8000/callback"
        #expect(RedirectAddress.matches("http://127.0.0.1:51000/callback", registered: registered))
        #expect(RedirectAddress.matches("http://127.0.0.1/callback", registered: registered))
        #expect(RedirectAddress.matches("http://[::1]:9/?a", registered: "http://[::1]/?a"))
        for wrong in [
            "http://127.0.0.1:51000/other", "http://127.0.0.1:x/callback", "http://127.0.0.1:0/callback",
            "http://127.0.0.1.evil.test/callback", "http://[::1]:51000/callback", "https://127.0.0.1:1/callback",
            "http://127.0.0.1:80@evil.test/callback",
        ] {
            #expect(!RedirectAddress.matches(wrong, registered: registered), "\(wrong)")
        }
        #expect(!RedirectAddress.matches("https://app.test:444/", registered: "https://app.test/"))
    }
}
