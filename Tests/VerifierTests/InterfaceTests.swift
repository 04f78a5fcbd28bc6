import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KafkaTesting
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)))
struct InterfaceTests {
    @Test("openapi.json describes every route, and no other", .enabled(if: Bench.isAvailable))
    func description() async throws {
        try await Bench.run { bench in
            let described = try #require(try await bench.browser.get("/openapi.json").json["paths"] as? [String: Any])
            let paths = described.flatMap { path, operations in
                (operations as? [String: Any] ?? [:]).keys.map { "\($0.uppercased()) \(path)" }
            }
            let routes = bench.wiring.router().routes.map { "\($0.method) \($0.path)" }
            #expect(Set(paths) == Set(routes))
            let discovery = try await bench.browser.get("/.well-known/openid-configuration").json
            #expect(discovery["issuer"] as? String == Bench.publicURL)
            #expect(discovery["code_challenge_methods_supported"] as? [String] == ["S256"])
        }
    }

    @Test(
        "a path that is not there, a form that is none, and an unknown client get their own errors",
        .enabled(if: Bench.isAvailable)
    )
    func errors() async throws {
        try await Bench.run { bench in
            let none = try await bench.browser.get("/nothing")
            #expect(none.status == .notFound)
            #expect(none.headers[.contentType] == "application/problem+json")
            let json = try await bench.browser.post("/oauth2/token", json: [:])
            #expect(try json.error == "invalid_request")
            let client = try await bench.browser.post("/oauth2/token", form: ["client_id": "?"])
            #expect(client.status == .unauthorized)
            #expect(try client.error == "invalid_client")
            let grant = ["client_id": "sase", "grant_type": "password"]
            #expect(try await bench.browser.post("/oauth2/token", form: grant).error == "unsupported_grant_type")
            let bearer = try await bench.userinfo("nonsense")
            #expect(bearer.headers[.wwwAuthenticate]?.contains("error=\"invalid_token\"") == true)
        }
    }

    @Test("while the database is away the verifier is not ready", .enabled(if: TestDatabase.isAvailable))
    func readiness() async throws {
        let test = try await TestDatabase.make()
        let readiness = Readiness()
        let watch = DatabaseWatch(
            database: test.database,
            readiness: readiness,
            logger: Broker.quiet,
            period: .milliseconds(50)
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await watch.run() }
            try await test.setReachable(false)
            try await eventually("it is not ready") { readiness.obstacles["database"] != nil }
            try await test.setReachable(true)
            try await eventually("it is ready again") { readiness.isReady }
            group.cancelAll()
        }
        await test.drop()
    }

    @Test("while the database is away the pages of logons and devices say so, as 503", .enabled(if: Bench.isAvailable))
    func outage() async throws {
        try await Bench.run { bench in
            let name = try await bench.wiring.database.run("select current_database()")[0].decode(String.self)
            let browser = bench.browser
            let state = try await bench.begin(bench.enterprise(), in: browser)
            try await TestDatabase.setReachable(false, name)
            let page = try await browser.get("/logon/callback?code=c&state=\(state)")
            #expect(page.status == .serviceUnavailable)
            #expect(page.text.contains("service_unavailable"))
            let device = try await browser.get("/device?user_code=BBBB-BBBB")
            #expect(device.status == .serviceUnavailable)
            #expect(device.text.contains("name=\"user_code\"") && device.text.contains("BBBB-BBBB"))
            try await TestDatabase.setReachable(true, name)
        }
    }

    @Test("while the database is away clients are told so, as OAuth has it", .enabled(if: Bench.isAvailable))
    func clientsOutage() async throws {
        try await Bench.run { bench in
            let name = try await bench.wiring.database.run("select current_database()")[0].decode(String.self)
            let browser = bench.browser
            let code = try await bench.code(bench.enterprise(), in: browser)
            try await TestDatabase.setReachable(false, name)
            let authorize = try await browser.get(Bench.authorizeURI())
            #expect(authorize.status == .serviceUnavailable)
            #expect(authorize.text.contains("You cannot log on at present."))
            let token = try await bench.redeem(code)
            #expect(token.status == .serviceUnavailable)
            #expect(try token.error == "temporarily_unavailable")
            #expect(token.headers[.retryAfter] != nil)
            let form = ["client_id": "sase", "token": "x"]
            let script = try await browser.post("/oauth2/revoke", form: form, headers: [.origin: "https://app.test"])
            #expect(script.status == .serviceUnavailable)
            #expect(try script.error == "temporarily_unavailable")
            #expect(script.headers[.accessControlAllowOrigin] == nil)
            #expect(try await browser.get("/oauth2/end-session").status == .serviceUnavailable)
            try await TestDatabase.setReachable(true, name)
            #expect(try await bench.redeem(code).status == .ok)
        }
    }

    @Test("every variable that is missing or wrong is named")
    func settings() throws {
        let errors = #expect(throws: ConfigurationErrors.self) {
            try Settings.read(
                Runtime.Environment([
                    "PUBLIC_URL": "https://logon.test/path", "OPERATOR_API_KEY": "short",
                    "TOPIC_PREFIX": "?", "TRUSTED_PROXIES": "10.0.0.0/8,proxy",
                ])
            )
        }
        #expect(
            errors?.errors.map(\.variable).sorted() == [
                "DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "OPERATOR_API_KEY", "PUBLIC_URL", "SEALING_KEYS",
                "TOPIC_PREFIX", "TRUSTED_PROXIES",
            ]
        )
        #expect(errors.map { "\($0)".contains("short") } == false)
    }

    @Test("what is right is taken as it is")
    func rightSettings() throws {
        let settings = try Settings.read(
            Runtime.Environment([
                "PUBLIC_URL": "https://logon.test:8443/", "DATABASE_URL": "postgresql://localhost/x",
                "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092", "SEALING_KEYS": Bench.sealing,
            ])
        )
        #expect(settings.publicURL == "https://logon.test:8443")
        #expect(settings.port == 8081)
        #expect(settings.wecomLoginURL == "https://login.work.weixin.qq.com")
    }
}
