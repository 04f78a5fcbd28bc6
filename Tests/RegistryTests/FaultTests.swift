import Foundation
import KafkaTesting
import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct FaultTests {
    @Test("a database that is away is told as that, without a word of its own, and when it is back all goes on")
    func databaseAway() async throws {
        let test = try await TestDatabase.make()
        defer { Task { await test.drop() } }
        let settings = TestRegistry.settings(test.url)
        try await Services.migrate(test.database, TestRegistry.quiet)
        let components = try TestRegistry.components(settings, test.database)
        try await withClient(components, settings) { registry in
            let tenant = try await registry.makeTenant()
            try await test.setReachable(false)
            for (method, path, body) in [
                (Method.get, "tenants/\(tenant)", nil), (.post, "tenants", ["name": "x"] as JSON), (.get, "audit", nil),
            ] {
                let answer = try await registry.send(method, path, body)
                #expect(answer.status == 503)
                #expect(answer.problem == "unavailable")
                #expect(answer.header("Retry-After") != nil)
                for word in ["SQLSTATE", "database \"", "connect", "registry.", "test_"] {
                    #expect(!answer.text.contains(word), "\(answer.text)")
                }
            }
            try await test.setReachable(true)
            #expect(try await registry.send(.get, "tenants/\(tenant)").status == 200)
        }
    }

    @Test("an error of the database that nobody foresaw is told as ours, without a word of its own")
    func unforeseen() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            try await registry.database.run("drop table registry.audit")
            let answer = try await registry.send(
                .post,
                "tenants/\(tenant)/idps",
                ["name": "test_123", "description": "x"]
            )
            #expect(answer.status == 500)
            #expect(answer.problem == "internal-error")
            #expect(answer["requestID"].string?.isEmpty == false)
            for word in ["SQLSTATE", "audit", "relation"] { #expect(!answer.text.contains(word), "\(answer.text)") }
            #expect(try await registry.count("identity_providers") == 0)
            #expect(try await registry.published(TopicCatalogue.configuration).isEmpty)
        }
    }

    @Test("a text with a zero byte is refused before it gets anywhere")
    func zeroByte() async throws {
        try await withRegistry { registry in
            let answer = try await registry.send(.post, "tenants", text: "{\"name\":\"a\\u0000b\"}")
            #expect(answer.status == 400)
            #expect(answer.fields == ["name"])
        }
    }

    @Test("several registries may bring the schema up to date at once")
    func migrations() async throws {
        try await withTestDatabase { database, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await Services.migrate(database, TestRegistry.quiet) } }
                try await group.waitForAll()
            }
        }
    }
}
