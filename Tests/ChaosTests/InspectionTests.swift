import Foundation
import Kafka
import Messages
import Postgres
import SuiteTesting
import Testing

@testable import Chaos

/// What is not as its contract says, or gives a secret away, is found in a real suite.
@Suite(
    .serialized,
    .timeLimit(.minutes(10)),
    .enabled(
        if: SuiteGround.isAvailable && ProcessInfo.processInfo.environment["CONTRACTS_PYTHON"] != nil,
        "compose/local test gives broker, database, programs and the foreign reader"
    )
)
struct InspectionTests {
    @Test("a message, an answer and a row that should not be are told; what the suite itself says is not")
    func told() async throws {
        try await withSuite("inspection", starting: []) { suite in
            let field = try await Field.make(in: suite, tenants: 2, copies: 1, seed: 1)
            let inspection = try Inspection(of: field)
            await Healing(field: field, logons: Counter(), inspection: inspection).heal(2)
            #expect(field.breaches.breaches(of: 0).map(\.description) == [])
            #expect(inspection.judged.count > 20 && inspection.bytes.count > 1_000)

            _ = try await field.registry(1).client.send("GET", "/api/v1/nothing")
            let secret = field.tenants[0].corp.secret
            try await send("{\"reason\":\"no such reason\",\"secret\":\"\(secret)\"}", in: suite)
            _ = try await suite.query("create table registry.leak as select \(secret)::text as what")
            _ = try await suite.query("create table fetcher.leak as select convert_to(\(secret), 'UTF8') as what")
            try leak("planted.0@secret.example.com", to: field.copies[0].process.logFile)
            try await inspection.inspect()
            let found = field.breaches.breaches(of: 0)
            #expect(found.count { $0.kind == .contractBreaches } == 2, "\(found)")
            #expect(found.count { $0.kind == .secretsSeen } == 4, "\(found)")
            #expect(found.count == 6, "\(found)")
            await inspection.close()
            await field.close()
        }
    }

    private func send(_ json: String, in suite: Suite) async throws {
        let producer = try Producer(settings: suite.brokerSettings, logger: quietLogger())
        let topic = suite.namespace.name(of: TopicCatalogue.authentication)
        var record = OutgoingRecord(topic: topic, key: "nobody", value: Array(json.utf8))
        record.headers = [Header("ce_type", LogonFailed.type.rawValue)]
        _ = try await producer.send(record)
    }

    private func leak(_ text: String, to log: URL) throws {
        let file = try FileHandle(forWritingTo: log)
        try file.seekToEnd()
        try file.write(contentsOf: Data("\(text)\n".utf8))
        try file.close()
    }
}
