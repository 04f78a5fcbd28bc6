import Foundation
import HTTPTypes
import HummingbirdTesting
import Messages
import Postgres
import Testing

@testable import Verifier

@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct LogonStatisticsTests {
    private static let key: HTTPFields = [.authorization: "Bearer \(Bench.operatorKey)"]

    @Test("operators see who may log on, how many sessions there are, and when somebody logged on last")
    func statistics() async throws {
        try await Bench.run { bench in
            let (used, other) = (try await bench.enterprise(), try await bench.enterprise())
            _ = try await bench.tokens(used)
            _ = try await bench.tokens(used)
            try await bench.wiring.database.run(
                """
                insert into verifier.sessions
                    (id, idp_id, user_id, tenant_id, client_id, scope, authenticated_at, expires_at, ended_at)
                select 'old', idp_id, user_id, tenant_id, client_id, scope, now() - interval '3 days', now(), now()
                from verifier.sessions where idp_id = \(used.id.uuid) limit 1
                """
            )
            func json(_ configuration: IdentityProviderConfiguration) async throws -> [String: Any] {
                try await bench.browser.get("/api/v1/idps/\(configuration.id)/logons", headers: Self.key).json
            }
            let figures = try await json(used)
            #expect(figures["people"] as? Int == 1)
            #expect(figures["sessions"] as? Int == 2)
            #expect(figures["peopleLoggedOn"] as? Int == 1)
            #expect(figures["logonsInLastDay"] as? Int == 2)
            #expect(figures["logonsInLastWeek"] as? Int == 3)
            let last = try #require((figures["lastLogonAt"] as? String).flatMap { Timestamp($0) })
            #expect(last > Timestamp.now.advanced(by: .seconds(-300)))
            let none = try await json(other)
            #expect(none["sessions"] as? Int == 0)
            #expect(none["people"] as? Int == 1)
            #expect(none["lastLogonAt"] == nil)
        }
    }

    @Test("they are the operator's alone")
    func operatorsAlone() async throws {
        try await Bench.run { bench in
            let path = "/api/v1/idps/\(IdentityProviderID.make())/logons"
            #expect(try await bench.browser.get(path).status == .unauthorized)
            let none = try await bench.browser.get("/api/v1/idps/7/logons", headers: Self.key)
            #expect(none.status == .notFound)
        }
    }
}
