import Foundation
import HTTPTypes
import HummingbirdTesting
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct SessionEndTests {
    enum Closing: CaseIterable {
        case closed, revoked
    }

    @Test("closing or revoking an identity provider ends its sessions within a second", arguments: Closing.allCases)
    func closing(_ closing: Closing) async throws {
        try await Bench.run { bench in
            var configuration = try await bench.enterprise()
            let other = try await bench.enterprise()
            let tokens = try await bench.tokens(configuration)
            let others = try await bench.tokens(other)
            switch closing {
            case .closed: configuration.status = .closed
            case .revoked: configuration.authorization = .revoked
            }
            configuration.revision = configuration.revision.next
            try await Bench.publish(configuration, bench.producer, bench.namespace)
            try await eventually(within: .seconds(1), "the session has ended") {
                try await bench.hasEnded(configuration)
            }
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            #expect(try await bench.refresh(tokens.refreshToken!).error == "invalid_grant")
            #expect(try await bench.userinfo(others.accessToken).status == .ok)
            let page = try await bench.browser.get("/logon/\(configuration.enterpriseID)")
            #expect(page.status == .forbidden)
            #expect(page.element("reason") == (closing == .closed ? "idp_closed" : "authorization_revoked"))
            let id = configuration.id
            try await eventually("the end is on auth.events.v1") {
                try await bench.events(SessionsEnded.self, of: id)
                    == [SessionsEnded(reason: .identityProviderClosed, users: [], sessions: 1)]
            }
        }
    }

    @Test("another enterprise behind an identity provider ends the sessions of the people of the one before")
    func anotherEnterprise() async throws {
        try await Bench.run { bench in
            var configuration = try await bench.enterprise()
            let tokens = try await bench.tokens(configuration)
            configuration.generation = configuration.generation.next
            configuration.revision = configuration.revision.next
            try await Bench.publish(configuration, bench.producer, bench.namespace)
            try await eventually(within: .seconds(1), "the session has ended") {
                try await bench.hasEnded(configuration)
            }
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            #expect(try await bench.refresh(tokens.refreshToken!).error == "invalid_grant")
            try await eventually("the end is on auth.events.v1") {
                try await bench.events(SessionsEnded.self, of: configuration.id).map(\.reason) == [.userDisabled]
            }
        }
    }

    @Test("deleting an identity provider ends its sessions")
    func deleting() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let tokens = try await bench.tokens(configuration)
            try await bench.publish(configuration.deleted(as: configuration.revision.next))
            try await eventually(within: .seconds(2), "the session has ended") {
                try await bench.userinfo(tokens.accessToken).status == .unauthorized
            }
            try await eventually("the end is on auth.events.v1") {
                try await bench.events(SessionsEnded.self, of: configuration.id).map(\.reason)
                    == [.identityProviderDeleted]
            }
            let page = try await bench.browser.get("/logon/\(configuration.enterpriseID)")
            #expect(page.element("reason") == "unknown_enterprise")
        }
    }

    @Test("a disabled person's sessions, codes and refresh tokens are gone at once")
    func disabling() async throws {
        try await Bench.run { bench in
            let configuration = try await bench.enterprise()
            let tokens = try await bench.tokens(configuration)
            let code = try await bench.code(configuration, in: bench.browser)
            let person = try Bench.person("ZhangSan", in: configuration, kind: .disabled, isEnabled: false)
            try await bench.change([person], in: configuration, epoch: 2)
            #expect(try await bench.refresh(tokens.refreshToken!).error == "invalid_grant")
            #expect(try await bench.redeem(code).error == "invalid_grant")
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            let left = try await bench.wiring.database.run(
                """
                select 1 from verifier.codes union all select 1 from verifier.browser_logons
                union all select 1 from verifier.sessions where ended_at is null
                """
            )
            #expect(left.isEmpty)
            try await eventually("the end is on auth.events.v1") {
                try await bench.events(SessionsEnded.self, of: configuration.id)
                    == [SessionsEnded(reason: .userDisabled, users: [person.id], sessions: 2)]
            }
        }
    }

    @Test("at start-up the sessions of identity providers that were shut meanwhile end, and no others")
    func startUp() async throws {
        let closed = try Bench.identityProvider(status: .closed)
        let deleted = try Bench.identityProvider().deleted(as: Revision(rawValue: 2))
        let revoked = try Bench.identityProvider(authorization: .revoked)
        let lapsed = try Bench.identityProvider(authorization: .lapsed)
        let missing = IdentityProviderID.make()
        try await Bench.run { database, producer, namespace in
            for known in [closed, deleted, revoked, lapsed] { try await Bench.publish(known, producer, namespace) }
            let ids = [("1", closed.id), ("2", deleted.id), ("3", revoked.id), ("4", lapsed.id), ("5", missing)]
            for (id, idp) in ids {
                try await database.run(
                    """
                    insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
                    values (\(id), \(idp.uuid), \(UUID()), \(closed.tenant.uuid), 'sase', 'openid',
                        now() + interval '1 day')
                    """
                )
            }
        } _: { bench in
            func sessions() async throws -> [String?] {
                try await bench.wiring.database.run("select end_reason from verifier.sessions order by id")
                    .map { row -> String? in try row.decode(String?.self) }
            }
            try await eventually(within: .seconds(5), "the sessions have ended") {
                try await sessions()[..<3] == ["idp_closed", "idp_deleted", "idp_closed"]
            }
            #expect(try await sessions()[3...] == [nil, nil])
        }
    }

    @Test("revoking a token ends its session; a token of another client changes nothing")
    func revoking() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            let foreign = [
                "client_id": "gateway", "client_secret": "the gateway's secret", "token": tokens.refreshToken!,
            ]
            #expect(try await bench.browser.post("/oauth2/revoke", form: foreign).status == .ok)
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            let own = ["client_id": "sase", "token": tokens.refreshToken!]
            #expect(try await bench.browser.post("/oauth2/revoke", form: own).status == .ok)
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
        }
    }

    @Test("logging off ends the session and goes back to a registered address only")
    func loggingOff() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            let hint = "/oauth2/end-session?id_token_hint=\(tokens.idToken)&state=s&post_logout_redirect_uri="
            let elsewhere = try await bench.browser.get(hint + "https://evil.test/")
            #expect(elsewhere.status == .badRequest)
            let back = try await bench.browser.get(hint + "https://app.test/bye")
            #expect(back.location == "https://app.test/bye?state=s")
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
        }
    }

    @Test("without a hint the person is asked, and only yes ends what the browser remembers")
    func asked() async throws {
        try await Bench.run { bench in
            let browser = bench.browser
            let tokens = try await bench.redeem(bench.code(bench.enterprise(), in: browser)).tokens
            let path = "/oauth2/end-session?client_id=sase&state=s&post_logout_redirect_uri=https://app.test/bye"
            func confirmation() async throws -> String {
                let page = try await browser.get(path)
                #expect(page.status == .ok)
                // Browsers hold the redirect to the client to it as well.
                let policy = try #require(page.headers[.contentSecurityPolicy])
                #expect(!policy.contains("form-action"))
                return try #require(page.hiddenField("confirmation"))
            }
            let no = ["confirmation": try await confirmation(), "answer": "no"]
            #expect(try await browser.post("/oauth2/end-session", form: no).status == .ok)
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            let yes = ["confirmation": try await confirmation(), "answer": "yes"]
            #expect(try await bench.browser.post("/oauth2/end-session", form: yes).status == .badRequest)
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            let back = try await browser.post("/oauth2/end-session", form: yes)
            #expect(back.location == "https://app.test/bye?state=s")
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
            #expect(try await browser.get("/oauth2/end-session").text.contains("You are logged off"))
        }
    }

    @Test("what a form of another site posts, with which browsers send no cookies, finds the remembered logon")
    func posted() async throws {
        try await Bench.run { bench in
            let browser = bench.browser
            let tokens = try await bench.redeem(bench.code(bench.enterprise(), in: browser)).tokens
            let posted = try await bench.browser.post("/oauth2/end-session", form: ["client_id": "sase"])
            #expect(posted.status == .seeOther)
            #expect(posted.location == "/oauth2/end-session?client_id=sase")
            #expect(try await browser.get(posted.path).hiddenField("confirmation") != nil)
            let straight = try await browser.post("/oauth2/end-session", form: ["client_id": "sase"])
            #expect(straight.hiddenField("confirmation") != nil)

            let long = ["client_id": "sase", "of_no_use": String(repeating: "u", count: 4_000)]
            #expect(try await bench.browser.post("/oauth2/end-session", form: long).status == .badRequest)
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
            let hinted = long.merging(["id_token_hint": tokens.idToken]) { $1 }
            #expect(try await bench.browser.post("/oauth2/end-session", form: hinted).status == .ok)
            #expect(try await bench.userinfo(tokens.accessToken).status == .unauthorized)
        }
    }

    @Test("who logged on anew is asked, too, where a hint is of an earlier logon")
    func askedAfterHint() async throws {
        try await Bench.run { bench in
            let (configuration, browser) = (try await bench.enterprise(), bench.browser)
            let earlier = try await bench.redeem(bench.code(configuration, in: bench.browser)).tokens
            let tokens = try await bench.redeem(bench.code(configuration, in: browser)).tokens
            let page = try await browser.get("/oauth2/end-session?id_token_hint=\(earlier.idToken)")
            #expect(page.hiddenField("confirmation") != nil)
            #expect(try await bench.userinfo(earlier.accessToken).status == .unauthorized)
            #expect(try await bench.userinfo(tokens.accessToken).status == .ok)
        }
    }

    @Test("introspection tells a confidential client what a token is worth, and an ID token is worth nothing")
    func introspection() async throws {
        try await Bench.run { bench in
            let tokens = try await bench.tokens(bench.enterprise())
            let gateway = ["client_id": "gateway", "client_secret": "the gateway's secret"]
            func introspect(_ token: String) async throws -> [String: Any] {
                try await bench.browser.post("/oauth2/introspect", form: gateway.merging(["token": token]) { $1 }).json
            }
            let active = try await introspect(tokens.accessToken)
            #expect(active["active"] as? Bool == true)
            #expect(active["client_id"] as? String == "sase")
            #expect(active["username"] as? String == "zhangsan")
            let refreshing = try await introspect(tokens.refreshToken!)
            #expect(refreshing["active"] as? Bool == true)
            #expect(refreshing["token_type"] == nil)
            #expect(try await introspect(tokens.idToken)["active"] as? Bool == false)
            #expect(try await introspect(tokens.accessToken + "x")["active"] as? Bool == false)
            let wrong = ["client_id": "gateway", "client_secret": "no", "token": tokens.accessToken]
            let refused = try await bench.browser.post("/oauth2/introspect", form: wrong)
            #expect(refused.status == .unauthorized)
            #expect(try refused.error == "invalid_client")
        }
    }
}
