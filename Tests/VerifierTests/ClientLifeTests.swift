import Foundation
import HTTPTypes
import HummingbirdTesting
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Sealing
import Testing
import Web

@testable import Verifier

/// What a change of a client means to those who are logged on by it, and whose people a client is for.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct ClientLifeTests {
    @Test("a client that has lost a scope gets no more of it by the sessions that it has")
    func lostScope() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            var later = SampleClients.client("later") { $0.isNative = true }
            try await bench.tell(later)
            try await eventually(within: .seconds(1), "it is known") {
                try await bench.wiring.clients.find("later") != nil
            }
            let grant = try await bench.begin("ZhangSan", of: configuration, client: "later")
            try #require(grant.session.scope.contains(.offlineAccess))

            (later.revision, later.scopes) = (later.revision.next, later.scopes.filter { $0 != .offlineAccess })
            try await bench.tell(later)
            let form = [
                "grant_type": "refresh_token", "client_id": "later", "refresh_token": grant.refreshToken?.text ?? "",
            ]
            try await eventually(within: .seconds(2), "the scope is gone") {
                try await bench.browser.post("/oauth2/token", form: form).tokens.scope == "openid profile email groups"
            }
        }
    }

    @Test("tokens are worth no scope that their client has lost since, and nothing for the registry without that one")
    func lostScopeOfTokens() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let gateway = ["client_id": "gateway", "client_secret": "the gateway's secret"]
            var later = SampleClients.client("later") { $0.isNative = true }
            later.scopes = ClientScope.allCases
            try await bench.tell(later)
            try await eventually(within: .seconds(1), "it is known") {
                try await bench.wiring.clients.find("later") != nil
            }
            let grant = try await bench.begin("ZhangSan", of: configuration, client: "later")
            let all = try await bench.accessToken(of: grant.session)
            let plain = try await bench.accessToken(of: grant.session, for: Scope([.openid, .profile, .email]))
            #expect(try await bench.userinfo(plain).text.contains("zhangsan@example.com"))
            #expect(try await bench.isActive(all, for: gateway))

            (later.revision, later.scopes) = (later.revision.next, [.openid, .profile])
            try await bench.tell(later)
            try await eventually(within: .seconds(2), "the scope is gone") {
                try await !bench.userinfo(plain).text.contains("zhangsan@example.com")
            }
            #expect(try await bench.userinfo(plain).status == .ok)
            #expect(try await bench.userinfo(all).status == .unauthorized)
            #expect(try await !bench.isActive(all, for: gateway))
        }
    }

    @Test("a client that is told of counts within a second, and one that is disabled or deleted has no session left")
    func life() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let tokens = try await bench.tokens(configuration)
            let gateway = ["client_id": "gateway", "client_secret": "the gateway's secret"]
            var later = SampleClients.client("later") { $0.isNative = true }
            try await bench.tell(later)
            try await eventually(within: .seconds(1), "it is known") {
                try await bench.wiring.clients.find("later") != nil
            }
            let grant = try await bench.begin("ZhangSan", of: configuration, client: "later")
            let access = try await bench.accessToken(of: grant.session)
            #expect(try await bench.isActive(access, for: gateway))

            (later.revision, later.status) = (later.revision.next, .disabled)
            try await bench.tell(later)
            try await eventually(within: .seconds(1), "its session is over") {
                try await bench.userinfo(access).status == .unauthorized
            }
            let late = await #expect(throws: GrantStore.NotBegun.self) {
                try await bench.grants.begin(grant.session.principal, client: Client(configuration: later))
            }
            #expect(late?.reason == .stateExpired, "nothing is said of the person")
            #expect(try await !bench.isActive(access, for: gateway))
            let refreshed = try await bench.browser.post(
                "/oauth2/token",
                form: [
                    "grant_type": "refresh_token", "client_id": "later",
                    "refresh_token": grant.refreshToken?.text ?? "",
                ]
            )
            #expect(try refreshed.error == "invalid_client")
            try await eventually("the end is on auth.events.v1") {
                try await bench.events(SessionsEnded.self, of: configuration.id).map(\.reason) == [.clientClosed]
            }
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok, "another client's go on")

            // Enabled again, what was ended stays so.
            (later.revision, later.status) = (later.revision.next, .enabled)
            try await bench.tell(later)
            try await eventually(within: .seconds(1), "it is known again") {
                try await bench.wiring.clients.find("later") != nil
            }
            #expect(try await bench.userinfo(access).status == .unauthorized)
        }
    }

    @Test("a tenant's client gets no tokens for anybody else's people, by no way, and learns nothing of theirs")
    func tenants() async throws {
        try await Bench.run { bench in
            let (own, other) = (try await bench.enterprise(), try await bench.enterprise())
            var app = SampleClients.client("app", redirectURIs: [Bench.redirectURI]) { $0.tenant = own.tenant }
            app.authentication = .clientSecret
            app.secrets = [ClientSecret(of: Secret("the app's own secret"))]
            app.isNative = true
            try await bench.tell(app)
            try await eventually(within: .seconds(1), "it is known") {
                try await bench.wiring.clients.find("app") != nil
            }
            let client = try #require(try await bench.wiring.clients.find("app"))
            let proof = ["client_id": "app", "client_secret": "the app's own secret"]

            let state = try await bench.begin(own, in: bench.browser, ["client_id": "app"])
            #expect(!state.isEmpty)
            let authorize = Bench.authorizeURI(["client_id": "app", "enterprise_id": "\(other.enterpriseID)"])
            let browser = bench.browser
            let refused = try await browser.get(browser.get(authorize).path)
            #expect(refused.element("reason") == "other_tenants_client")

            // Who is remembered by the browser is asked anew, and whom a race lets through begins no session.
            let theirs = try await bench.principal("ZhangSan", of: other)
            let foreigner = await #expect(throws: GrantStore.NotBegun.self) {
                try await bench.grants.begin(theirs, client: client)
            }
            #expect(foreigner?.reason == .otherTenantsClient)
            let ours = try await bench.principal("ZhangSan", of: own)
            let grant = try await bench.grants.begin(ours, client: client)

            let foreign = try await bench.tokens(other)
            #expect(try await bench.isActive(bench.accessToken(of: grant.session), for: proof))
            #expect(try await !bench.isActive(foreign.accessToken, for: proof))
            #expect(try await !bench.isActive(foreign.refreshToken ?? "", for: proof))
        }
    }

    @Test("whoever signs in for a client that is another tenant's by then is found with their identity provider")
    func anotherTenantsMeanwhile() async throws {
        let app = SampleClients.client("app")
        try await Bench.run(clients: [app]) { bench in
            let (own, other) = (try await bench.enterprise(), try await bench.enterprise())
            let browser = bench.browser
            let state = try await bench.begin(own, in: browser, ["client_id": "app"])
            var changed = app
            (changed.tenant, changed.revision) = (other.tenant, app.revision.next)
            try await bench.tell(changed)
            try await eventually(within: .seconds(2), "it is the other tenant's") {
                try await bench.wiring.clients.find("app")?.configuration.tenant == other.tenant
            }
            let page = try await bench.finish(state, as: .member("ZhangSan"), in: browser)
            #expect(page.element("reason") == "other_tenants_client")
            let id = try #require(page.element("diagnosis"))
            let diagnosis = try await bench.diagnosis(id)
            #expect(diagnosis.tenantID == own.tenant)
            #expect(diagnosis.idpID == own.id)
            #expect(diagnosis.externalID == "ZhangSan")
            try await eventually("the failure is on auth.events.v1") {
                try await bench.events(LogonFailed.self, of: own.id)
                    == [LogonFailed(reason: "other_tenants_client", diagnosis: id, clientID: "app")]
            }
        }
    }

    @Test("a client is granted what it asks for as far as it may have it")
    func scopes() async throws {
        let modest = SampleClients.client("modest") { $0.scopes = [.openid, .email] }
        try await Bench.run(clients: [modest]) { bench in
            let configuration = try await bench.enterprise()
            let grant = try await bench.begin("ZhangSan", of: configuration, client: "modest")
            #expect(grant.session.scope.description == "openid email")
            #expect(grant.refreshToken == nil)
            let client = try #require(try await bench.wiring.clients.find("modest"))
            let asked = try AuthorizationRequest(
                .init(
                    "response_type=code&scope=openid+profile+email+offline_access&code_challenge=\(Bench.challenge)"
                        + "&code_challenge_method=S256"
                ),
                from: .init(client: client, redirectURI: Bench.redirectURI, responseMode: .query, state: nil)
            )
            #expect(asked.scope.description == "openid email")
        }
    }
}

extension Bench {
    /// Tells of a client as the registry does.
    func tell(_ client: ClientConfiguration) async throws {
        let envelope = ClientEnvelope(
            type: ClientConfiguration.type,
            source: "test",
            tenant: client.tenant,
            client: client.id
        )
        _ = try await producer.send(try OutgoingRecord(client, envelope: envelope, in: namespace))
    }
}
