import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct OperationTests {
    @Test("what an operator does past the services stands in the audit, with who does it and why")
    func told() async throws {
        try await withRegistry { registry in
            let body: JSON = [
                "action": "dead.redriven", "reason": "the reader was upgraded", "details": ["count": 12],
            ]
            let answer = try await registry.send(.post, "operations", body)
            #expect(answer.status == 201)
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["action"] == "dead.redriven")
            #expect(entry["object"]["id"] == answer["id"] && entry["object"]["kind"] == "operation")
            #expect(entry["details"] == ["count": 12, "reason": "the reader was upgraded"])
            #expect(entry["actor"]["kind"] == "bootstrap")
        }
    }

    @Test(
        "an operation without a reason, or of no such kind, is refused and leaves no trace",
        arguments: [
            ["action": "dead.redriven"], ["action": "dead.redriven", "reason": " "],
            ["action": "dead.raised", "reason": "x"], ["action": "dead.redriven", "reason": "x", "details": 7],
            ["action": "dead.redriven", "reason": "x", "details": ["a": [["b\u{0}": 1]]]],
            ["action": "dead.redriven", "reason": "x", "details": ["a": ["\u{0}"]]],
        ] as [JSON]
    )
    func refused(body: JSON) async throws {
        try await withRegistry { registry in
            #expect(try await registry.send(.post, "operations", body).status == 400)
            let told = try await registry.database.run("select from registry.audit where kind = 'operation'")
            #expect(told.isEmpty)
        }
    }
}
