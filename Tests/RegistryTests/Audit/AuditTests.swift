import Exports
import Foundation
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct AuditTests {
    @Test(
        "who did it is a kind and an id, so that a name makes nobody somebody else",
        arguments: ["bootstrap", "wecom", "registry"]
    )
    func forgedName(name: String) async throws {
        try await withRegistry { registry in
            let made = try await registry.send(.post, "api-keys", ["name": .string(name), "role": "owner"])
            let (id, key) = (try #require(made["id"].string), made["key"].string)
            #expect(try await registry.send(.post, "tenants", ["name": "x"], key: key).status == 201)
            let entry = try await registry.send(.get, "audit?limit=1")["items"][0]
            #expect(entry["actor"] == ["kind": "key", "id": .string(id), "name": .string(name)])
            let others = try await registry.send(.get, "audit?actor=bootstrap")["items"].array
            #expect(others.map { $0["action"].string } == ["api-key.created"])
        }
    }

    @Test("the audit is found by object, actor, action and time")
    func filters() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let made = try await registry.send(.post, "api-keys", ["name": "CI", "role": "admin"])
            let (keyID, key) = (made["id"].string ?? "", made["key"].string)
            let id = try await registry.makeConnectedProvider(in: tenant)
            _ = try await registry.send(.patch, "idps/\(id)", ["cycleHours": 2], key: key, headers: ["If-Match": "*"])
            func found(_ query: String) async throws -> [String?] {
                let answer = try await registry.send(.get, "audit?limit=200&\(query)")
                try #require(answer.status == 200, "\(answer.text)")
                return answer["items"].array.map { $0["action"].string }
            }
            #expect(try await found("object=\(tenant)") == ["tenant.created"])
            #expect(try await found("actor=\(keyID)") == ["idp.changed"])
            #expect(try await found("actor=system") == ["idp.changed"])
            #expect(try await found("action=api-key.created") == ["api-key.created"])
            #expect(try await found("action=idp.*") == ["idp.changed", "idp.changed", "idp.created"])
            #expect(try await found("action=idp.*&actor=bootstrap") == ["idp.created"])
            try await registry.database.run(
                "update registry.audit set at = '2026-01-02T00:00:00Z' where action = 'tenant.created'"
            )
            #expect(try await found("to=2026-01-02T00:00:00.001Z") == ["tenant.created"])
            #expect(try await found("from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z") == [])
            #expect(try await found("from=2026-01-03T00:00:00Z").count == 4)
        }
    }

    @Test("a filter with mistakes is refused with each of them")
    func badFilter() async throws {
        try await withRegistry { registry in
            let query = "object=x&actor=nobody&action=%25&from=yesterday&to=2026-02-30T00:00:00Z"
            for path in ["audit", "audit/export"] {
                let answer = try await registry.send(.get, "\(path)?\(query)")
                #expect(answer.status == 400)
                #expect(answer.fields == ["object", "actor", "action", "from", "to"])
            }
            #expect(try await registry.send(.get, "audit/export?format=xls").fields == ["format"])
            #expect(try await registry.send(.get, "audit?from=0000-12-31T23:59:59.999Z").fields == ["from"])
            #expect(try await registry.send(.get, "audit?from=0001-01-01T00:00:00.000Z").status == 200)
        }
    }

    @Test("the export has every entry once, however many there are, and only the tenant's own")
    func export() async throws {
        try await withRegistry { registry in
            let (tenant, other) = (try await registry.makeTenant(), try await registry.makeTenant())
            try await registry.database.run(
                """
                insert into registry.audit (at, tenant, actor_kind, actor_name, action, kind, object, details)
                select now(), tenant::uuid, 'system', 'x', 'test.done', 'test', gen_random_uuid(), jsonb_build_object('n', n)
                from generate_series(1, 1200) n, unnest(\([tenant, other])::text[]) tenant
                """
            )
            let key = try await registry.makeKey("viewer", for: tenant)
            let lines = try await registry.send(.get, "audit/export?action=test.done", key: key)
            #expect(lines.header("Content-Type") == "application/jsonl; charset=utf-8")
            let items = try lines.text.split(separator: "\n").map { try JSON(parsing: Data($0.utf8)) }
            #expect(items.count == 1_200)
            #expect(Set(items.compactMap { $0["id"].integer }).count == 1_200)
            #expect(items.allSatisfy { $0["tenantID"].string == tenant })
            let table = try await registry.send(.get, "audit/export?format=csv&action=test.done", key: key)
            #expect(table.header("Content-Type") == "text/csv; charset=utf-8; header=present")
            #expect(table.text.split(separator: "\r\n").count == 1_201)
            let header = #""id","at","tenantID","actorKind","actorID","actorName","action""#
            #expect(table.text.hasPrefix("\u{FEFF}" + header))
        }
    }

    @Test(
        "no cell of the export is a formula to a spreadsheet",
        arguments: ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\r\nx", "＝1", "=\u{301}1+1"]
    )
    func formulas(name: String) {
        #expect(CSV.line([name, "a\"b", "1=1"]) == "\"'\(name)\",\"a\"\"b\",\"1=1\"\r\n")
    }

    @Test("a quote in a cell does not end it, whatever mark follows")
    func quotes() {
        #expect(CSV.line(["a\"\u{301},\"b"]) == "\"a\"\"\u{301},\"\"b\"\r\n")
    }

    @Test("attempts that are refused are in the audit: one entry a key, reason and hour, however many they are")
    func refusedAttempts() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let made = try await registry.send(
                .post,
                "api-keys",
                ["name": "CI", "role": "viewer", "tenantID": .string(tenant)]
            )
            let (id, key) = (made["id"].string ?? "", made["key"].string)
            let start = Timestamp.now
            for _ in 0..<3 { _ = try await registry.send(.post, "tenants", ["name": "x"], key: key) }
            try await registry.components.keyJournalWriter.write()
            _ = try await registry.send(.get, "api-keys", key: key)
            try await registry.database.run("update registry.api_keys set revoked_at = now()")
            for _ in 0..<50 { _ = try await registry.send(.get, "tenants", key: key) }
            try await registry.components.keyJournalWriter.write()
            let entries = try await registry.send(.get, "audit?action=request.refused")["items"].array
            // The hour may have turned meanwhile.
            let isOneHour = start.millisecondsSince1970 / 3_600_000 == Timestamp.now.millisecondsSince1970 / 3_600_000
            if isOneHour { #expect(entries.count == 2) }
            #expect(entries.allSatisfy { $0["actor"] == ["kind": "key", "id": .string(id), "name": "CI"] })
            #expect(entries.allSatisfy { $0["tenantID"].string == tenant })
            func total(_ reason: String) -> Int {
                entries.filter { $0["details"]["reason"].string == reason }
                    .compactMap { $0["details"]["count"].integer }.reduce(0, +)
            }
            #expect(total("forbidden") == 4)
            #expect(total("revoked") == 50)
            let attempts = entries.flatMap { $0["details"]["attempts"].array.compactMap(\.string) }
            #expect(Set(attempts) == ["POST /api/v1/tenants", "GET /api/v1/api-keys", "GET /api/v1/tenants"])
        }
    }

    @Test("nobody fills the audit with keys that never were")
    func unknownKeys() async throws {
        try await withRegistry { registry in
            for number in 0..<20 { _ = try await registry.send(.get, "tenants", key: "wbk_\(number)") }
            try await registry.components.keyJournalWriter.write()
            #expect(try await registry.count("audit") == 0)
        }
    }
}
