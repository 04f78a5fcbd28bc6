import Foundation
import HummingbirdTesting
import KafkaTesting
import Messages
import Postgres
import Testing

@testable import Verifier

/// Telephone numbers and addresses, which leave the directory only where the identity provider's settings say so.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Bench.isAvailable, "needs PostgreSQL and a broker"))
struct ContactTests {
    @Test("they are told while the settings say so; from then on nobody is told them, and they are erased")
    func contacts() async throws {
        let desk = SampleClients.client("desk") { $0.scopes = [.openid, .phone, .address] }
        try await Bench.run(clients: [desk]) { bench in
            var configuration = try Bench.identityProvider()
            configuration.tellsContactDetails = true
            try await bench.publish(configuration)
            var person = try Bench.person("ZhangSan", in: configuration)
            (person.phoneNumber, person.address) = ("+86 13800000000", "广州市海珠区")
            try await bench.change([person], in: configuration, epoch: 1)
            let grant = try await bench.begin("ZhangSan", of: configuration, client: "desk")
            let token = try await bench.accessToken(of: grant.session)
            let told = try await bench.userinfo(token).json
            #expect(told["phone_number"] as? String == "+86 13800000000")
            #expect(told["address"] as? [String: String] == ["formatted": "广州市海珠区"])
            #expect(told["phone_number_verified"] == nil)

            // Another change of theirs keeps what it says.
            person.kind = .updated
            person.phoneNumber = "020-1234"
            try await bench.change([person], in: configuration, epoch: 2)
            #expect(try await bench.userinfo(token).json["phone_number"] as? String == "020-1234")

            (configuration.tellsContactDetails, configuration.revision) = (false, configuration.revision.next)
            try await bench.publish(configuration)
            let silent = try await bench.userinfo(token).json
            #expect(silent["sub"] != nil && silent["phone_number"] == nil && silent["address"] == nil)
            let erasure = ContactErasure(
                configurations: bench.wiring.configurations,
                database: bench.wiring.database,
                logger: Broker.quiet,
                period: .seconds(60)
            )
            // Whoever logs on just now does not have it wait, nor waits for it.
            let logon = bench.wiring.database.makeConnection()
            try await logon.execute("begin; select from verifier.principals for share")
            #expect(try await erasure.erase() == 0)
            try await logon.execute("commit")
            await logon.close()
            #expect(try await erasure.erase() == 1)
            #expect(try await bench.principal("ZhangSan", of: configuration).phoneNumber == nil)
            #expect(try await erasure.erase() == 0)
        }
    }
}
