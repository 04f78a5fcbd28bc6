import Messages
import Postgres
import Testing

@testable import Writer

/// Keeps whom runs do not show, however many they are.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct MissingRowsTests {
    @Test("those who are missing are met part by part, each once, whoever is forgotten on the way")
    func parts() async throws {
        try await WriterWorld.with { world in
            let since = MissingJudgementTests.moment(1)
            let keys = ["u10", "u2", "ä", "U1", "z", "a b", "u1"]
            let people = keys.map { MissingObject(kind: .user, key: $0, externalID: $0, since: since) }
            let departments = ["7", "12", "3"].map {
                MissingObject(kind: .department, key: $0, externalID: $0, since: since)
            }
            let (identityProvider, other) = (IdentityProviderID.make(), IdentityProviderID.make())
            let met = try await world.database.transaction { connection in
                try MissingRows.save(people + departments, of: identityProvider, in: since.epoch, on: connection)
                try MissingRows.save(people, of: other, in: since.epoch, on: connection)
                var found: [MissingObject] = []
                while true {
                    let part = try MissingRows.load(of: identityProvider, after: found.last, rows: 3, on: connection)
                    if part.isEmpty { return found }
                    found += part
                    try MissingRows.delete(Array(part.dropFirst()), of: identityProvider, on: connection)
                }
            }
            let expected = departments.map(\.key).sorted() + ["U1", "a b", "u1", "u10", "u2", "z", "ä"]
            #expect(met.map(\.key) == expected)
            let left = try await world.database.transaction { try MissingRows.load(of: identityProvider, on: $0) }
            #expect(left.map(\.key) == ["12", "U1", "u10", "ä"])
        }
    }
}
