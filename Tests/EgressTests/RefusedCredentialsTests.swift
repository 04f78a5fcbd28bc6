import Egress
import Postgres
import PostgresTesting
import Sealing
import Testing
import WeCom

@Suite(.timeLimit(.minutes(5)), .enabled(if: TestDatabase.isAvailable, "needs DATABASE_URL"))
struct RefusedCredentialsTests {
    private let wrong: CredentialDigest
    private let refusal = WeComError(.api(40_001), path: "gettoken", message: "invalid credential")

    init() throws {
        wrong = CredentialDigest(corpID: try CorpID("ww1e933be11645237c"), secret: Secret("wrong"))
    }

    @Test("credentials that were refused are refused again with WeCom's words, for longer each time")
    func remembered() async throws {
        try await withEgressSchema { database in
            let memory = RefusedCredentials(database: database, schema: egressSchema)
            try await memory.recall(wrong)
            var lifetimes: [Double] = []
            for _ in 0..<10 {
                try await memory.note(wrong, refusal)
                let error = await #expect(throws: WeComError.self) { try await memory.recall(wrong) }
                #expect(error?.code == 40_001)
                #expect(error?.message.contains("remembered") == true)
                lifetimes.append(try await seconds(in: database))
                try await lapse(in: database)
            }
            #expect(zip(lifetimes, lifetimes.dropFirst()).prefix(6).allSatisfy { $1 > 1.5 * $0 })
            #expect(lifetimes.last ?? 0 <= 900)
        }
    }

    @Test("once the time is over one asks again, and the others are still refused until that one is answered")
    func probe() async throws {
        try await withEgressSchema { database in
            let memory = RefusedCredentials(database: database, schema: egressSchema)
            try await memory.note(wrong, refusal)
            try await lapse(in: database)
            let asking = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { [wrong] in (try? await memory.recall(wrong)) != nil } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(asking == 1)
            try await memory.note(wrong, nil)
            try await memory.recall(wrong)
        }
    }

    @Test("other credentials of the same enterprise, and the same secret of another one, are asked about")
    func others() async throws {
        try await withEgressSchema { database in
            let memory = RefusedCredentials(database: database, schema: egressSchema)
            try await memory.note(wrong, refusal)
            let corp = try CorpID("ww1e933be11645237c")
            try await memory.recall(CredentialDigest(corpID: corp, secret: Secret("right")))
            try await memory.recall(CredentialDigest(corpID: CorpID("ww1e933be11645237d"), secret: Secret("wrong")))
            let spelt = CredentialDigest(corpID: try CorpID("WW1E933BE11645237C"), secret: Secret("wrong"))
            await #expect(throws: WeComError.self) { try await memory.recall(spelt) }
        }
    }

    private func seconds(in database: Database) async throws -> Double {
        let rows = try await database.run(
            "select extract(epoch from until - now())::double precision from egress_test.refused_credentials"
        )
        return try rows[0].decode(Double.self)
    }

    private func lapse(in database: Database) async throws {
        try await database.run("update egress_test.refused_credentials set until = now()")
    }
}
