import Messages
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// What can be entered is bounded in bytes, so that nothing that a tenant enters is larger than the brokers take.
@Suite(.enabled(if: TestDatabase.isAvailable, "DATABASE_URL names no PostgreSQL"), .timeLimit(.minutes(5)))
struct BoundsTests {
    /// One character of so many bytes.
    private static func marked(_ bytes: Int) -> JSON {
        .string("e" + String(repeating: "\u{301}", count: (bytes - 1) / 2))
    }

    /// A request with a text of few characters and many bytes.
    struct Attempt: Sendable {
        var method: Method
        var path: String
        var body: JSON
        var field: String
        var limit: Int

        init(_ method: Method, _ path: String, _ body: JSON, _ field: String, _ limit: Int) {
            (self.method, self.path, self.body, self.field, self.limit) = (method, path, body, field, limit)
        }
    }

    private static func rule(_ field: String, _ bytes: Int) -> JSON {
        var rule: [String: JSON] = [
            "target": "title", "kind": "direct", "source": "position", "value": "x", "missing": "default",
        ]
        rule[field] = marked(bytes)
        return ["mapping": .array([.object(rule)])]
    }

    static let attempts: [Attempt] = [
        Attempt(.post, "tenants", ["name": marked(801)], "name", 400),
        Attempt(.post, "api-keys", ["name": marked(801), "role": "viewer"], "name", 400),
        Attempt(
            .post,
            "tenants/{tenant}/extended-fields",
            ["key": "a", "titles": ["en": marked(401)]],
            "titles.en",
            400
        ),
        Attempt(.patch, "tenants/{tenant}/extended-fields/room", ["titles": ["en": marked(401)]], "titles.en", 400),
        Attempt(.post, "tenants/{tenant}/idps", ["name": "ab", "description": marked(801)], "description", 800),
        Attempt(.patch, "idps/{idp}", ["description": marked(801)], "description", 800),
        Attempt(.patch, "idps/{idp}", rule("value", 4_001), "mapping[0].value", 4_000),
        Attempt(.patch, "idps/{idp}", rule("source", 289), "mapping[0].source", 288),
        Attempt(.patch, "idps/{idp}", rule("target", 161), "mapping[0].target", 160),
    ]

    @Test(
        "a text of few characters and many bytes is refused with its field and the limit in bytes",
        arguments: attempts
    )
    func manyBytes(attempt: Attempt) async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            try await registry.fillFields(of: tenant, 1)
            let id = try await registry.makeProvider(in: tenant)
            let before = try await registry.contents()
            let path = attempt.path.replacing("{tenant}", with: tenant).replacing("{idp}", with: id.description)
            let answer = try await registry.send(attempt.method, path, attempt.body, headers: ["If-Match": "*"])
            #expect(answer.status == 400)
            #expect(answer.fields == [attempt.field])
            #expect(answer.message(about: attempt.field)?.contains("\(attempt.limit) bytes") == true, "\(answer.text)")
            #expect(answer.bytes.count < 2_000, "the answer does not repeat the body")
            #expect(try await registry.contents() == before)
        }
    }

    @Test("a text may have as many bytes as its characters need")
    func widest() async throws {
        try await withRegistry { registry in
            let label = JSON.string(String(repeating: "𠀀", count: 100))
            let path = "tenants/\(try await registry.makeTenant())/extended-fields"
            #expect(try await registry.send(.post, path, ["key": "room", "titles": ["zh": label]]).status == 201)
        }
    }

    @Test("a tenant has so many identity providers and no more, nor makes and deletes them without end")
    func providers() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let id = try await registry.makeProvider(in: tenant)
            func fill(_ count: Int) async throws {
                try await registry.database.run(
                    """
                    insert into registry.identity_providers
                        (id, tenant, revision, configuration, spread_hours, created_at, updated_at)
                    select gen_random_uuid(), tenant, revision, configuration, spread_hours, now(), now()
                    from registry.identity_providers, generate_series(1, \(count)) where id = \(id)
                    """
                )
            }
            let (path, body) = ("tenants/\(tenant)/idps", ["name": "another", "description": "x"] as JSON)
            try await fill(IdentityProviderStore.most - 1)
            #expect(try await registry.send(.post, path, body).problem == "too-many-idps")
            let other = try await registry.makeTenant("Other")
            #expect(try await registry.send(.post, "tenants/\(other)/idps", body).status == 201)
            try await registry.database.run(
                """
                update registry.identity_providers set configuration = jsonb_set(configuration, '{status}', '"deleted"')
                """
            )
            #expect(try await registry.send(.post, path, body).status == 201)
            try await fill(IdentityProviderStore.mostEver)
            #expect(try await registry.send(.post, path, body).problem == "too-many-idps")
        }
    }

    @Test("a name of an identity provider has no marks that combine")
    func names() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let body: JSON = ["name": .string("ab" + "e\u{301}"), "description": "x"]
            #expect(try await registry.send(.post, "tenants/\(tenant)/idps", body).fields == ["name"])
            let widest: JSON = ["name": .string(String(repeating: "𠀀", count: 100)), "description": "x"]
            #expect(try await registry.send(.post, "tenants/\(tenant)/idps", widest).status == 201)
        }
    }

    @Test("all values of a mapping together are bounded")
    func values() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            let id = try await registry.makeProvider(in: tenant)
            for index in 0..<17 {
                let field: JSON = ["key": .string("field\(index)"), "titles": ["en": "x"]]
                #expect(try await registry.send(.post, "tenants/\(tenant)/extended-fields", field).status == 201)
            }
            let value = JSON.string(String(repeating: "𠀀", count: 512))
            let rules = (0..<17).map { index -> JSON in
                ["target": .string("field\(index)"), "kind": "constant", "value": value]
            }
            let match = ["If-Match": "*"]
            let fits: JSON = ["mapping": .array(Array(rules.prefix(16)))]
            #expect(try await registry.send(.patch, "idps/\(id)", fits, headers: match).status == 200)
            let answer = try await registry.send(.patch, "idps/\(id)", ["mapping": .array(rules)], headers: match)
            #expect(answer.fields == ["mapping"])
            #expect(answer.message(about: "mapping")?.contains("32768 bytes") == true)
        }
    }

    @Test("a tenant has at most 100 extended fields, however many ask at once")
    func fields() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            try await registry.fillFields(of: tenant, 98)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<4 {
                    let field: JSON = ["key": .string("further\(index)"), "titles": ["en": "x"]]
                    group.addTask {
                        try await registry.send(.post, "tenants/\(tenant)/extended-fields", field).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201, 201, 400, 400])
            #expect(try await registry.count("extended_fields") == 100)
        }
    }

    @Test("all extended fields of a tenant together are bounded")
    func fieldBytes() async throws {
        try await withRegistry { registry in
            let path = "tenants/\(try await registry.makeTenant())/extended-fields"
            func field(_ key: String) -> JSON {
                let options = (0..<150).map { JSON.string(String(repeating: "𠀀", count: 90) + String($0)) }
                return ["key": .string(key), "titles": ["zh": "x"], "type": "choice", "options": .array(options)]
            }
            #expect(try await registry.send(.post, path, field("one")).status == 201)
            let answer = try await registry.send(.post, path, field("two"))
            #expect(answer.status == 400)
            #expect(answer.message(about: "titles")?.contains("65536 bytes") == true, "\(answer.text)")
            #expect(try await registry.count("extended_fields") == 1)
        }
    }

    @Test("what would be told in more bytes than the brokers take is refused, and nothing of it is stored")
    func tooLarge() async throws {
        try await withRegistry { registry in
            let tenant = try await registry.makeTenant()
            try await registry.fillFields(of: tenant, 50, title: String(repeating: "x", count: 21_000))
            let before = try await registry.contents()
            let answer = try await registry.send(
                .post,
                "tenants/\(tenant)/idps",
                ["name": "test_123", "description": "x"]
            )
            #expect(answer.status == 413)
            #expect(answer.problem == "change-too-large")
            #expect(try await registry.contents() == before)
            #expect(try await registry.count("outbox") == 0)
        }
    }
}

extension TestRegistry {
    /// Gives a tenant fields, past all rules.
    fileprivate func fillFields(of tenant: String, _ count: Int, title: String = "x") async throws {
        try await database.run(
            """
            insert into registry.extended_fields (tenant, key, definition, created_at)
            select \(tenant)::uuid, 'filler' || number,
                jsonb_build_object(
                    'key', 'filler' || number, 'titles', jsonb_build_object('en', \(title)::text), 'type', 'text',
                    'options', '[]'::jsonb, 'isRequired', false, 'isVisible', true
                ), now()
            from generate_series(1, \(count)) as number
            """
        )
    }
}
