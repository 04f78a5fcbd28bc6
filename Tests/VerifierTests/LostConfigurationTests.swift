import Foundation
import HTTPTypes
import HummingbirdTesting
import KafkaTesting
import Messages
import Outbox
import Pipeline
import Postgres
import Runtime
import Testing

@testable import Verifier

/// A part of `idp.configuration.v1` is empty when the verifier starts (architecture.md §3.7).
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct LostConfigurationTests {
    @Test("when a configuration is lost, sessions go on, nobody is disabled, and who needs a decision tries again")
    func lost() async throws {
        let lost = try Bench.identityProvider()
        let closed = try Bench.identityProvider(status: .closed)
        try await Bench.run { database, producer, namespace in
            try await Bench.publish(closed, producer, namespace)
            try await Self.fill(database, [lost, closed])
        } _: { bench in
            let database = bench.wiring.database
            try await eventually(within: .seconds(10), "the sessions of the closed one have ended") {
                try await database.run("select from verifier.sessions where ended_at is not null").count == 1
            }
            let live = try await database.run("select idp_id from verifier.sessions where ended_at is null")
            #expect(try live.map { row -> UUID in try row.decode(UUID.self) } == [lost.id.uuid])
            #expect(try await database.run("select from verifier.principals where not enabled").isEmpty)

            try await eventually("the remedy is shown") {
                let remarks = bench.wiring.context.readiness.remarks.values
                return remarks.contains {
                    $0.contains("\(lost.id)") && $0.contains("bridgectl configuration republish")
                }
            }
            let grant = try await bench.begin("ZhangSan", of: lost, client: "sase")
            let access = try await bench.accessToken(of: grant.session)
            #expect(try await bench.userinfo(access).status == .ok)
            #expect(try await bench.isActive(access, for: ["client_id": "sase"]))
            #expect(try await bench.isActive(#require(grant.refreshToken).text, for: ["client_id": "sase"]))
            for _ in 1...2 {
                let refused = try await bench.refresh(#require(grant.refreshToken).text)
                #expect(refused.status == .serviceUnavailable)
                #expect(try refused.error == "temporarily_unavailable")
            }
            let code = try await bench.beginWithCode("ZhangSan", of: lost)
            #expect(try await bench.redeem(code).status == .serviceUnavailable)

            try await bench.publish(lost)
            #expect(try await bench.refresh(#require(grant.refreshToken).text).status == .ok)
            #expect(try await bench.redeem(code).status == .ok)
            let ended = try await database.run("select idp_id from verifier.sessions where ended_at is not null")
            #expect(try ended.map { row -> UUID in try row.decode(UUID.self) } == [closed.id.uuid])
        }
    }

    @Test("a new logon where the configuration is lost is told to try again, and not that there is no such enterprise")
    func newLogon() async throws {
        let lost = try Bench.identityProvider()
        try await Bench.run { database, _, _ in
            try await Self.fill(database, [lost])
        } _: { bench in
            let path = "/logon/\(lost.enterpriseID)"
            for path in [path, path + "?idp=\(lost.id)", path + "/start?idp=\(lost.id)"] {
                let page = try await bench.browser.get(path)
                #expect(page.status == .serviceUnavailable)
                #expect(page.element("reason") == "configuration_unknown")
            }
            let native = try await bench.browser.get("/api/v1/enterprises/\(lost.enterpriseID)/logon-options")
            #expect(native.status == .serviceUnavailable)
            #expect(try native.json["reason"] as? String == "configuration_unknown")
            try await bench.publish(lost)
            let unknown = try await bench.browser.get("/logon/\(EnterpriseID.make())")
            #expect(unknown.element("reason") == "unknown_enterprise")
        }
    }

    /// One person, and a session of theirs, for each identity provider.
    private static func fill(_ database: Database, _ configurations: [IdentityProviderConfiguration]) async throws {
        let events = AuthenticationEvents(
            outbox: Outbox(schema: Migrations.schema),
            namespace: .none,
            source: "test",
            nudge: {}
        )
        let sessions = SessionStore(database: database, events: events)
        let projection = PrincipalProjection(database: database, sessions: sessions, logger: Broker.quiet)
        for configuration in configurations {
            let person = try Bench.person("ZhangSan", in: configuration)
            let record = try TestChange(epoch: 1, sequence: 1, users: [person]).record(configuration)
            _ = try await projection.handle(ProjectionBench.batch([record]))
            try await database.run(
                """
                insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
                values (\(UUID().uuidString), \(configuration.id.uuid), \(person.id.uuid),
                    \(configuration.tenant.uuid), 'sase', 'openid', now() + interval '1 day')
                """
            )
        }
    }
}
