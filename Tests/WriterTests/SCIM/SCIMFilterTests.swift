import HTTPTypes
import Messages
import Runtime
import Testing

@testable import Writer

/// What filters find by what resources are of, and by attributes with several values.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct SCIMFilterTests {
    /// Ann, Bob and Cid have one thing of the enterprise's each, Dan nothing, Eve what leads nowhere; a department with
    /// nobody.
    private func with(_ body: @Sendable (SCIMReader, Source) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let source = Source()
            var ann = person("ann", email: "ann@example.com", attributes: ["costCenter": "C-7"])
            var (bob, cid, eve) = (person("bob"), person("cid"), person("eve", departments: [2]))
            ann.employeeNumber = "E1"
            bob.mainDepartment = 2
            cid.leaders = ["ann"]
            eve.mainDepartment = 9
            eve.leaders = ["nobody"]
            let users = [ann, bob, cid, person("dan", attributes: ["empty": ""]), eve]
            let departments = [
                department(1, "All"), department(2, "Sales", parent: 1), department(3, "Empty", parent: 1),
            ]
            var log = RunLog()
            try log.append(RunLog.Run(source: source), departments: departments, users: users)
            try await world.assignedIntake().read(log)
            try await SCIMReader.with(world, source) { try await body($0, source) }
        }
    }

    @Test("a schema finds exactly those whose resources name it")
    func schemas() async throws {
        try await with { reader, _ async throws in
            let people = try await reader.get("Users").resources
            for schema in [SCIMSchema.user] + SCIMResourceKind.users.extensions + ["urn:x"] {
                let naming = people.filter { $0["schemas"].elements.contains(.string(schema)) }
                let names = naming.compactMap { $0["userName"].text }.sorted()
                #expect(try await reader.find("schemas eq \"\(schema)\"") == names, "\(schema)")
                #expect(try await reader.find("schemas[value eq \"\(schema)\"]") == names, "\(schema)")
            }
            #expect(try await reader.find("schemas eq \"\(SCIMSchema.enterprise)\"") == ["ann", "bob", "cid"])
            #expect(try await reader.find("schemas co \"ExtendedFields\"") == ["ann"])
            #expect(try await reader.find("schemas pr").count == 5)
        }
    }

    @Test("each department is of both of its schemas, and of no other")
    func schemasOfGroups() async throws {
        try await with { reader, _ async throws in
            for (schema, count) in [(SCIMSchema.group, 3), (SCIMSchema.department, 3), (SCIMSchema.user, 0)] {
                let found = try await reader.list("Groups", filter: "schemas eq \"\(schema)\"")
                #expect(found.ids.count == count, "\(schema)")
            }
        }
    }

    @Test("null finds who has no value of an attribute with several, and ne null who has one")
    func null() async throws {
        try await with { reader, source async throws in
            #expect(try await reader.find("emails eq null") == ["bob", "cid", "dan", "eve"])
            #expect(try await reader.find("emails ne null") == ["ann"])
            #expect(try await reader.find("not (emails.value eq null)") == ["ann"])
            #expect(try await reader.find("phoneNumbers eq null").count == 5)
            #expect(try await reader.list("Groups", filter: "members eq null").ids == ["\(source.id).3"])
            for filter in ["emails gt null", "shoes eq null"] {
                let refused = try await reader.get("Users?filter=\(PercentEncoding.encode(filter))")
                #expect(refused.status == .badRequest && refused["scimType"].text == "invalidFilter", "\(filter)")
            }
        }
    }

    @Test("members are found by their type as it is told")
    func memberTypes() async throws {
        try await with { reader, source async throws in
            let told = try await reader.get("Groups/\(source.id).2")["members"].elements.first?["type"].text
            let type = try #require(told)
            #expect(
                try await reader.list("Groups", filter: "members.type eq \"\(type)\"").ids
                    == ["\(source.id).1", "\(source.id).2"]
            )
            let eve = "members[type eq \"\(type)\" and value eq \"\(source.user("eve"))\"]"
            #expect(try await reader.list("Groups", filter: eve).ids == ["\(source.id).2"])
            #expect(try await reader.list("Groups", filter: "members.type eq \"Group\"").ids.isEmpty)
        }
    }
}
