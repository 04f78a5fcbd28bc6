import Foundation
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// What ends sessions that nobody saw when the others ended, and in what order.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct ClosingTests {
    @Test("at start-up the sessions of a client that may have nothing end, as it is told, and nobody else's")
    func closedClient() async throws {
        let configuration = try Bench.identityProvider()
        let closed = SampleClients.client("closed") { client in
            client.status = .disabled
            client.backchannelLogoutURI = "http://127.0.0.1:1/told"
        }
        try await Bench.run(clients: [closed]) { database, producer, namespace in
            try await Bench.publish(configuration, producer, namespace)
            for client in ["closed", "sase"] {
                try await database.run(
                    """
                    insert into verifier.sessions (id, idp_id, user_id, tenant_id, client_id, scope, expires_at)
                    values (\(client), \(configuration.id.uuid), \(UUID()), \(configuration.tenant.uuid), \(client),
                        'openid', now() + interval '1 day')
                    """
                )
            }
        } _: { bench in
            let database = bench.wiring.database
            try await eventually("its session has ended") {
                let reasons = try await database.run("select end_reason from verifier.sessions order by id")
                return try reasons.decode(String?.self) == ["client_closed", nil]
            }
            let notices = try await database.run("select client_id from verifier.logout_notices")
            #expect(try notices.decode(String.self) == ["closed"])
            try await eventually("the end is on auth.events.v1") {
                try await bench.events(SessionsEnded.self, of: configuration.id).map(\.reason) == [.clientClosed]
            }
        }
    }

    @Test("an identity provider whose sessions cannot be ended holds up no other one, and its own end once they can")
    func stuck() async throws {
        try await Bench.run { bench in
            let (stuck, other) = (try await bench.enterprise(), try await bench.enterprise())
            for configuration in [stuck, other] {
                _ = try await bench.begin("ZhangSan", of: configuration, client: "sase")
            }
            let refusing = """
                create function verifier.refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
                create trigger refuse before update on verifier.sessions for each row
                    when (new.idp_id = '\(stuck.id)') execute function verifier.refuse();
                """
            try await bench.wiring.database.withConnection { try $0.execute(refusing) }
            for var configuration in [stuck, other] {
                (configuration.status, configuration.revision) = (.closed, configuration.revision.next)
                try await bench.publish(configuration)
            }
            try await eventually(within: .seconds(10), "the other's session has ended") {
                try await bench.hasEnded(other)
            }
            #expect(try await !bench.hasEnded(stuck))
            try await bench.wiring.database.run("drop trigger refuse on verifier.sessions")
            try await eventually(within: .seconds(10), "its own has ended, too") { try await bench.hasEnded(stuck) }
        }
    }
}
