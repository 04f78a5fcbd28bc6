import Foundation
import SuiteTesting

/// What is planted to be found where it may not be.
struct Planted: Sendable {
    /// That nobody may read anywhere as it is: keys of the suite and its apps, tokens of employees.
    let secrets: Markers
    /// Those, and what may be in no log: people's names, phones, addresses.
    let everything: Markers
}

extension Field {
    /// Somebody in each corp whose fields are like nobody's.
    static func plant(in tenant: ConnectedTenant, number: Int, _ suite: Suite) async throws {
        try await suite.simulator.put(
            user: "planted.\(number)",
            [
                "name": .string(plantedName(number)), "department": [1], "mobile": .string(plantedMobile(number)),
                "email": .string(plantedEmail(number)), "position": .string("密探\(number)号"),
            ],
            in: tenant.corp
        )
    }

    private static func plantedName(_ number: Int) -> String { "欧阳密探\(number)甲" }
    private static func plantedMobile(_ number: Int) -> String { "1667\(1_000_000 + number)" }
    private static func plantedEmail(_ number: Int) -> String { "planted.\(number)@secret.example.com" }

    /// All that is planted at present.
    var markers: Planted {
        var secrets = suite.secrets.sorted { $0.key < $1.key }.map { (name: $0.key, text: $0.value) }
        for (number, tenant) in tenants.enumerated() {
            secrets.append(("the app's secret of tenant \(number)", tenant.corp.secret))
            for (person, tokens) in sessions.tokens(ofTenant: number).prefix(3) {
                secrets.append(("an access token of \(person.key)", tokens.access_token))
                if let token = tokens.refresh_token { secrets.append(("a refresh token of \(person.key)", token)) }
            }
        }
        let personal = tenants.indices.flatMap { number in
            [
                (name: "a name of tenant \(number)", text: Self.plantedName(number)),
                (name: "a phone of tenant \(number)", text: Self.plantedMobile(number)),
                (name: "an address of tenant \(number)", text: Self.plantedEmail(number)),
            ]
        }
        return Planted(secrets: Markers(texts: secrets), everything: Markers(texts: secrets + personal))
    }
}
