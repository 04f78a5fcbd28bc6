import Foundation
import Messages
import Postgres
import Sealing

@testable import Verifier

/// The clients that a verifier under test knows.
enum SampleClients {
    /// A client of all tenants.
    static func client(
        _ name: String,
        redirectURIs: [String] = [Bench.redirectURI],
        _ edit: (inout ClientConfiguration) -> Void = { _ in }
    ) -> ClientConfiguration {
        var client = ClientConfiguration(clientID: ClientName(name), name: name, redirectURIs: redirectURIs)
        edit(&client)
        return client
    }

    /// The same with secrets, the former ones first.
    static func client(_ name: String, redirectURIs: [String], secrets: [String]) -> ClientConfiguration {
        client(name, redirectURIs: redirectURIs) { client in
            client.authentication = .clientSecret
            client.secrets = secrets.map { ClientSecret(of: Secret($0)) }
        }
    }

    /// Those that every verifier under test knows.
    static let usual = [
        client("sase") { client in
            client.postLogoutRedirectURIs = ["https://app.test/bye"]
            client.isNative = true
        },
        client("television", redirectURIs: []) { $0.usesDeviceFlow = true },
        client("gateway", redirectURIs: ["https://gateway.test/callback"], secrets: ["the gateway's secret"]),
    ]

    /// Has a verifier know clients, as if it had been told of them.
    static func keep(_ clients: [ClientConfiguration], in database: Database) async throws {
        try await database.transaction { connection in
            for client in clients { _ = try ClientStore.keep(client, on: connection) }
        }
    }
}
