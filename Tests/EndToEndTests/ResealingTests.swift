import Foundation
import Kafka
import Messages
import Pipeline
import Postgres
import SuiteTesting
import Testing

/// The key that secrets rest sealed by is changed under running services (docs/operations.md, Sealing keys).
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(if: SuiteGround.isAvailable, "compose/local test gives broker, database and programs")
)
struct ResealingTests {
    private static let old = "k1:" + Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    private static let new = "k2:" + Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    /// Those that have the keys.
    private static let keepers: [Suite.Service] = [.registry, .fetcher, .verifier]

    @Test("keys are rotated during runs and logons: nothing fails, and nothing remains sealed by the old key")
    func rotated() async throws {
        try await withJudgedSuite("resealing", variables: ["SEALING_KEYS": Self.old]) { suite in
            let corp = try await suite.simulator.makeCorp(users: 1_500, departments: 60)
            let connected = try await suite.registry.connect(
                "resealed",
                to: corp,
                in: suite.simulator,
                redirectHost: suite.verifierHost
            )
            let first = try await waitFor("the run that the authorization starts") {
                try await suite.registry.runs(of: connected.provider).first
            }
            #expect(try await suite.registry.waitForEnd(of: first).outcome == "succeeded")
            let people = try await suite.simulator.employees(of: corp, count: 4)
            let session = try await suite.logOn(people[0], to: connected)

            try await restart(with: "\(Self.old),\(Self.new)", in: suite)
            try await restart(with: "\(Self.new),\(Self.old)", in: suite)
            _ = try await suite.simulator.change(corp, update: 200, remove: 3, add: 20, seed: 1)
            let run = try await suite.registry.startRun(of: connected.provider)
            async let logon = suite.logOn(people[1], to: connected)
            try await suite.control("keys", "rotate", "--to", "k2")
            let meanwhile = try await logon
            let ended = try await suite.registry.waitForEnd(of: run)
            #expect(ended.outcome == "succeeded", "\(ended.reasons)")
            try await expectNothing(sealedBy: "k1", in: suite)

            try await restart(with: Self.new, in: suite)
            _ = try await suite.simulator.change(corp, update: 20, remove: 1, add: 2, seed: 2)
            let last = try await suite.synchronize(connected)
            #expect(last.outcome == "succeeded", "\(last.reasons)")
            #expect(try await suite.differences(of: connected).map(\.description) == [])
            for tokens in [session, meanwhile] {
                #expect(try await suite.employee.refresh(tokens.refresh_token ?? "") != nil)
            }
            _ = try await suite.logOn(people[2], to: connected)
        }
    }

    private func restart(with keys: String, in suite: Suite) async throws {
        for service in Self.keepers {
            suite[service].stop()
            try suite[service].start(adding: ["SEALING_KEYS": keys])
        }
        for service in Self.keepers { try await suite.waitUntilReady(service) }
    }

    private func expectNothing(sealedBy key: String, in suite: Suite) async throws {
        let tables = try await suite.query(
            "select schemaname::text, tablename::text from pg_tables where schemaname in ('registry', 'verifier', 'fetcher')"
        ).map { try $0.decode(String.self, String.self) }
        for (schema, table) in tables {
            let count = try await suite.count(
                "select count(*) from \(identifier: schema, table) as r where r::text like \("%v1.\(key).%")"
            )
            #expect(count == 0, "\(schema).\(table)")
        }
        // Of a compacted topic the last word of each counts.
        let told = try await suite.messages(on: TopicCatalogue.configuration)
        let newest = Dictionary(told.map { ($0.envelope.identityProvider, $0) }) { $1 }.values
            .map { String(decoding: $0.record.value ?? [], as: UTF8.self) }
        #expect(newest.contains { $0.contains("v1.k2.") } && !newest.contains { $0.contains("v1.\(key).") })
    }
}
