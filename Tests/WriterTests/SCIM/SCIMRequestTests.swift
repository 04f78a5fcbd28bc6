import HTTPTypes
import Messages
import Runtime
import Testing

@testable import Writer

/// How requests are read that say the same in another way than usual.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct SCIMRequestTests {
    /// Ann alone.
    private func with(_ body: @Sendable (SCIMReader, Source) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var log = RunLog()
            try log.append(
                RunLog.Run(source: source),
                departments: [department(1, "All")],
                users: [person("ann", name: "Ann An", email: "ann@example.com", attributes: ["costCenter": "C-7"])]
            )
            try await world.assignedIntake().read(log)
            try await SCIMReader.with(world, source) { try await body($0, source) }
        }
    }

    @Test("an id in a path is read without its escapes, and its plus stays one")
    func escapedIDs() async throws {
        try await with { reader, source async throws in
            let schema = try await reader.get("Schemas/\(PercentEncoding.encode(SCIMSchema.user))")
            #expect(schema.status == .ok && schema["id"].text == SCIMSchema.user)
            #expect(try await reader.get("ResourceTypes/%55ser").status == .ok)
            #expect(try await reader.get("Groups/\(source.id)%2E1").status == .ok)
            let user = "\(source.user("ann"))".replacing("-", with: "%2D")
            #expect(try await reader.get("Users/\(user)").status == .ok)
            let nobody = try await reader.get("Users/a+b%2Bc")
            #expect(nobody.status == .notFound && nobody["detail"].text == "There is no resource a+b+c.")
        }
    }

    @Test("a plus in a filter is a space")
    func plus() async throws {
        try await with { reader, _ async throws in
            #expect(try await reader.get("Users?filter=displayName+eq+%22Ann+An%22").userNames == ["ann"])
        }
    }

    @Test("nobody is behind a key, whatever is to be done with them")
    func nobody() async throws {
        try await with { reader, _ async throws in
            for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
                let answer = try await reader.ask(method, "Me", method == .get ? nil : "{}")
                #expect(answer.status == .notImplemented && answer["status"].text == "501", "\(method)")
            }
        }
    }

    @Test("what the service is cannot be written, and it is said how it is read")
    func allowed() async throws {
        try await with { reader, _ async throws in
            for path in ["ServiceProviderConfig", "ResourceTypes", "Schemas"] {
                let answer = try await reader.ask(.post, path, "{}")
                #expect(answer.status == .methodNotAllowed && answer.headers[.allow] == "GET, HEAD", "\(path)")
            }
        }
    }

    @Test("an empty list of attributes says nothing")
    func emptyLists() async throws {
        try await with { reader, source async throws in
            let user = "Users/\(source.user("ann"))"
            for query in [
                "attributes=", "excludedAttributes=", "attributes=,%20,", "attributes=&excludedAttributes=title",
            ] {
                let answer = try await reader.get("\(user)?\(query)")
                #expect(answer.status == .ok && answer["userName"].text == "ann", "\(query)")
            }
            let body = """
                {"schemas": ["\(SCIMSchema.searchRequest)"], "attributes": [], "excludedAttributes": []}
                """
            let found = try await reader.ask(.post, "Users/.search", body)
            #expect(found.status == .ok && found.userNames == ["ann"])
        }
    }

    @Test("an attribute of which all parts are left out is left out")
    func emptyAttributes() async throws {
        try await with { reader, source async throws in
            let parts = "name.formatted,emails.value,emails.type,emails.primary,\(SCIMSchema.extendedFields):costCenter"
            let ann = try await reader.get("Users/\(source.user("ann"))?excludedAttributes=\(parts)")
            #expect(ann["name"] == .null && ann["emails"] == .null && ann[SCIMSchema.extendedFields] == .null)
            #expect(ann["displayName"].text == "Ann An")
        }
    }
}
