import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Messages
import Runtime
import Synchronization
import Testing

@testable import Writer

private let extendedFields = "urn:ietf:params:scim:schemas:extension:wecombridge:2.0:ExtendedFields"
private let personSchema = "urn:ietf:params:scim:schemas:extension:wecombridge:2.0:User"
private let enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct SCIMTests {
    /// Ann with all fields, whom Bob leads; Bob who is disabled, Cid who is gone; another tenant has an Ann, too.
    private func with(_ body: @Sendable (SCIMReader, Source) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let (source, other) = (Source(), Source())
            var ann = person(
                "ann",
                name: "Ann 安",
                email: "Ann@example.com",
                mobile: "13800000001",
                title: "Clerk",
                departments: [1, 2],
                attributes: ["costCenter": "C-7", "empty": ""]
            )
            ann.leaders = ["bob"]
            ann.telephone = "010-1"
            ann.employeeNumber = "E1"
            ann.mainDepartment = 2
            let users = [ann, person("bob", name: "Bob", status: .disabled), person("cid")]
            let departments = [department(1, "All"), department(2, "Sales", parent: 1)]
            var log = RunLog()
            try log.append(RunLog.Run(source: source), departments: departments, users: users)
            let second = RunLog.Run(source: source, epoch: 2)
            try log.append(second, departments: departments, users: users.dropLast(), gone: [.user("cid")])
            try log.append(RunLog.Run(source: other), users: [person("ann")])
            try await world.assignedIntake().read(log)
            try await SCIMReader.with(world, source, other) { try await body($0, source) }
        }
    }

    @Test("a person is told with all that the directory knows, in SCIM's attributes and in extensions")
    func user() async throws {
        try await with { reader, source async throws in
            let id = source.user("ann").description
            let answer = try await reader.get("Users/\(id)", headers: [:])
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/scim+json")
            #expect(answer["id"].text == id)
            #expect(answer["externalId"].text == "ann" && answer["userName"].text == "ann")
            #expect(answer["name"]["formatted"].text == "Ann 安")
            #expect(answer["active"] == .boolean(true))
            #expect(answer["emails"].elements.first?["value"].text == "Ann@example.com")
            #expect(answer["phoneNumbers"].elements.compactMap { $0["type"].text } == ["mobile", "work"])
            #expect(answer["groups"].elements.compactMap { $0["display"].text } == ["All", "Sales"])
            let enterprise = answer[enterpriseSchema]
            #expect(enterprise["employeeNumber"].text == "E1" && enterprise["department"].text == "Sales")
            #expect(enterprise["manager"]["value"].text == source.user("bob").description)
            #expect(enterprise["manager"]["displayName"].text == "Bob")
            #expect(answer[extendedFields] == .object(["costCenter": .string("C-7")]))
            #expect(answer[personSchema]["mainDepartment"]["value"].text == "\(source.id).2")
            #expect(answer["schemas"].elements.count == 4)
            #expect(answer["meta"]["location"].text?.hasSuffix("/scim/v2/Users/\(id)") == true)
            #expect(answer["meta"]["version"].text == answer.headers[.eTag])
        }
    }

    @Test("who is disabled or gone is not active, and who is gone is in no department")
    func inactive() async throws {
        try await with { reader, source async throws in
            let bob = try await reader.get("Users/\(source.user("bob"))")
            #expect(bob["active"] == .boolean(false) && bob["groups"].elements.count == 1)
            let cid = try await reader.get("Users/\(source.user("cid"))")
            #expect(cid["active"] == .boolean(false) && cid["groups"].elements.isEmpty)
            #expect(cid["meta"]["lastModified"] != bob["meta"]["lastModified"])
            #expect(try await reader.find("active eq false") == ["bob", "cid"])
        }
    }

    @Test("a department is told with who is in it and where it is")
    func group() async throws {
        try await with { reader, source async throws in
            let sales = try await reader.get("Groups/\(source.id).2")
            #expect(sales["displayName"].text == "Sales" && sales["externalId"].text == "2")
            #expect(sales["members"].elements.compactMap { $0["value"].text } == [source.user("ann").description])
            let extra = sales["urn:ietf:params:scim:schemas:extension:wecombridge:2.0:Group"]
            #expect(extra["parent"]["value"].text == "\(source.id).1")
            let all = try await reader.get("Groups")
            #expect(all["totalResults"].number == 2)
            #expect(all.resources.first?["members"].elements.count == 2)
            let plain = try await reader.get("Groups?excludedAttributes=members")
            #expect(plain.resources.allSatisfy { $0["members"] == .null && $0["meta"]["version"] == .null })
            let member = "members[value eq \"\(source.user("ann"))\"]"
            #expect(try await reader.list("Groups", filter: member).resources.count == 2)
        }
    }

    @Test("a tenant's key sees that tenant alone; one for all tenants, and none, see nobody")
    func isolation() async throws {
        try await with { reader, source async throws in
            let ann = "Users/\(source.user("ann"))"
            #expect(try await reader.get("Users", key: SCIMReader.foreign)["totalResults"].number == 1)
            #expect(try await reader.get("Groups", key: SCIMReader.foreign)["totalResults"].number == 1)
            for path in [ann, "Groups/\(source.id).1"] {
                #expect(try await reader.get(path, key: SCIMReader.foreign).status == .notFound)
                #expect(try await reader.get(path).status == .ok)
            }
            let walk = try await reader.get("Users?cursor=&count=1")
            let cursor = try #require(walk.next)
            #expect(try await reader.get("Users?cursor=\(cursor)", key: SCIMReader.foreign).ids.count <= 1)
            let foreign = try await reader.get("Users?cursor=\(cursor)", key: SCIMReader.foreign)
            #expect(foreign.ids.allSatisfy { $0 != source.user("ann").description })
            #expect(try await reader.get("Users", key: SCIMReader.all).status == .forbidden)
            let stranger = try await reader.get("Users", key: "a key of nobody's")
            #expect(stranger.status == .unauthorized && stranger.headers[.wwwAuthenticate] == "Bearer")
            #expect(stranger["schemas"].elements == [.string(SCIMSchema.error)] && stranger["status"].text == "401")
        }
    }

    @Test("filters find by each attribute and operator")
    func filters() async throws {
        let (person, enterprise, extended) = (personSchema, enterpriseSchema, extendedFields)
        let cases: [(String, [String])] = [
            ("userName eq \"ANN\"", ["ann"]), ("userName ne \"ann\"", ["bob", "cid"]),
            ("externalId eq \"ANN\"", []), ("externalId eq \"ann\"", ["ann"]),
            ("displayName sw \"b\"", ["bob"]), ("displayName co \"安\"", ["ann"]), ("displayName ew \"OB\"", ["bob"]),
            ("displayName pr", ["ann", "bob"]), ("not (displayName pr)", ["cid"]), ("displayName eq null", ["cid"]),
            ("name.formatted eq \"bob\"", ["bob"]), ("title eq \"clerk\"", ["ann"]),
            ("not (title eq \"clerk\")", ["bob", "cid"]), ("title ne \"clerk\"", ["bob", "cid"]),
            ("emails co \"EXAMPLE\"", ["ann"]), ("emails.value ew \"@example.com\"", ["ann"]), ("emails pr", ["ann"]),
            ("emails[type eq \"work\" and value sw \"ann\"]", ["ann"]), ("emails[type eq \"home\"]", []),
            ("emails[primary eq true]", ["ann"]), ("not (emails[type eq \"work\"])", ["bob", "cid"]),
            ("phoneNumbers.value eq \"010-1\"", ["ann"]),
            ("phoneNumbers[type eq \"mobile\" and value eq \"010-1\"]", []),
            ("userName gt \"ann\" and userName le \"bob\"", ["bob"]),
            ("active eq true or userName eq \"cid\"", ["ann", "cid"]),
            ("active eq true and (userName eq \"bob\" or title pr)", ["ann"]),
            ("\(person):status eq 2", ["bob"]), ("\(person):status gt 1", ["bob"]),
            ("\(enterprise):employeeNumber eq \"e1\"", ["ann"]),
            ("\(enterprise):department eq \"sales\"", ["ann"]),
            ("\(extended):costCenter eq \"c-7\"", ["ann"]), ("\(extended):COSTCENTER pr", ["ann"]),
            ("\(extended):nothing pr", []), ("\(extended):empty pr", []),
            ("meta.lastModified gt \"2023-11-14T22:13:21.000Z\"", ["cid"]),
            ("meta.lastModified gt \"2023-11-15T06:13:21+08:00\"", ["cid"]),
            ("meta.lastModified ge \"2023-11-14T22:13:21Z\"", ["ann", "bob", "cid"]),
            ("meta.created lt \"2023-11-14T22:13:22Z\"", ["ann", "bob", "cid"]),
            ("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ann\"", ["ann"]),
            ("id eq \"nobody\"", []), ("userName eq \"' or 1=1 --\"", []), ("userName eq \"a\\u006en\"", ["ann"]),
            ("userName eq \"a\\u006e\\u006E\"", ["ann"]), ("USERNAME EQ \"ann\"", ["ann"]),
            ("groups.display eq \"sales\"", ["ann"]),
        ]
        try await with { reader, source async throws in
            for (filter, expected) in cases { #expect(try await reader.find(filter) == expected, "\(filter)") }
            let (ann, group) = (source.user("ann"), "\(source.id).2")
            #expect(try await reader.find("id eq \"\(ann)\"") == ["ann"])
            #expect(try await reader.find("groups[value eq \"\(group)\"]") == ["ann"])
            #expect(try await reader.find("\(person):mainDepartment.value eq \"\(group)\"") == ["ann"])
            #expect(try await reader.find("\(enterprise):manager.value eq \"\(source.user("bob"))\"") == ["ann"])
            #expect(try await reader.find("\(enterprise):manager.value ne \"x\"") == ["ann", "bob", "cid"])
            for filter in ["displayName eq \"sales\"", "externalId eq \"2\"", "id eq \"\(group)\""] {
                #expect(try await reader.list("Groups", filter: filter).ids == [group], "\(filter)")
            }
        }
    }

    @Test("what cannot be filtered by is refused as a filter, and any other mistake by its own name")
    func refusals() async throws {
        try await with { reader, _ async throws in
            let filters = [
                "shoeSize eq 3", "userName", "userName xx \"a\"", "userName eq a", "active gt true", "emails[value",
                "meta.lastModified gt \"yesterday\"", "active co \"t\"", "(userName pr", "userName pr and",
                "\"a\" eq 1",
                "userName eq \"a\\u0000\"", "members pr", "urn:x:userName pr", "title[value eq \"a\"]",
                "userName eq \"a",
                "not userName pr", "name.givenName eq \"x\"", "\(enterpriseSchema):manager pr",
            ]
            for filter in filters {
                let answer = try await reader.get("Users?filter=\(PercentEncoding.encode(filter))")
                #expect(answer.status == .badRequest && answer["scimType"].text == "invalidFilter", "\(filter)")
                #expect(answer.headers[.contentType] == "application/scim+json")
            }
            for (query, type) in [
                ("cursor=x", "invalidCursor"), ("count=x", "invalidCount"), ("startIndex=x", "invalidValue"),
                ("attributes=id&excludedAttributes=id", "invalidValue"), ("cursor=&startIndex=1", "invalidValue"),
            ] {
                #expect(try await reader.get("Users?\(query)")["scimType"].text == type, "\(query)")
            }
            let cursor = try #require(try await reader.get("Users?cursor=&count=1").next)
            for path in ["Users?cursor=\(cursor)&filter=title%20pr", "Groups?cursor=\(cursor)"] {
                #expect(try await reader.get(path)["scimType"].text == "invalidCursor", "\(path)")
            }
            #expect(try await reader.get("Users?sortBy=userName").status == .notImplemented)
            for path in ["Users/nobody", "Users/\(UUID())", "Groups/x", "Nothing", "Groups/\(UUID()).1"] {
                let answer = try await reader.get(path)
                #expect(answer.status == .notFound && answer["status"].text == "404", "\(path)")
            }
            #expect(try await reader.get("Users/nobody")["detail"].text == "There is no resource nobody.")
        }
    }

    @Test("nothing is written: each attempt is answered in SCIM's words")
    func readOnly() async throws {
        try await with { reader, source async throws in
            let user = "Users/\(source.user("ann"))"
            for (method, path) in [
                (HTTPRequest.Method.post, "Users"), (.put, user), (.patch, user), (.delete, user), (.post, "Groups"),
                (.post, "Bulk"), (.delete, "Groups/\(source.id).1"), (.get, "Me"),
            ] {
                let answer = try await reader.ask(method, path, "{}")
                #expect(answer.status == .notImplemented && answer["status"].text == "501", "\(method) \(path)")
            }
            #expect(try await reader.get(user).status == .ok)
        }
    }

    @Test("only what is asked for of a person is answered, schemas and id always")
    func projection() async throws {
        try await with { reader, source async throws in
            let user = "Users/\(source.user("ann"))"
            func members(_ query: String) async throws -> [String] {
                guard case .object(let members) = try await reader.get("\(user)?\(query)").body else { return [] }
                return members.keys.sorted()
            }
            #expect(try await members("attributes=userName") == ["id", "schemas", "userName"])
            #expect(try await members("attributes=EMAILS.value,%20urn:x:y") == ["emails", "id", "schemas"])
            let emails = try await reader.get("\(user)?attributes=emails.value")["emails"]
            #expect(emails == .array([.object(["value": .string("Ann@example.com")])]))
            #expect(try await members("attributes=\(enterpriseSchema):manager") == ["id", "schemas", enterpriseSchema])
            #expect(try await members("attributes=\(extendedFields)") == ["id", "schemas", extendedFields])
            #expect(try await members("excludedAttributes=id,schemas,meta").contains("meta") == false)
            #expect(try await members("excludedAttributes=id,schemas,meta").contains("id"))
            let without = try await reader.get("\(user)?excludedAttributes=emails.type")["emails"].elements.first
            #expect(without?["value"].text != nil && without?["type"] == .null)
        }
    }

    @Test("who has a resource already is not told it again, until it says something else")
    func versions() async throws {
        try await Story.with { story in
            try await story.run([person("ann", name: "Ann"), person("bob")])
            let (world, source) = (story.world, story.source)
            let path = "Users/\(source.user("ann"))"
            let tag = Box()
            try await SCIMReader.with(world, source) { reader async throws in
                let version = try #require(try await reader.get(path).headers[.eTag])
                #expect(version.hasPrefix("W/"))
                tag.set(version)
                for known in [version, "\"x\", \(version)", "*", String(version.dropFirst(2))] {
                    let again = try await reader.get(path, headers: [.ifNoneMatch: known])
                    #expect(again.status == .notModified && again.body == .null, "\(known)")
                }
                #expect(try await reader.get(path, headers: [.ifNoneMatch: "W/\"x\""]).status == .ok)
            }
            try await story.run([person("ann", name: "Anna"), person("bob")])
            try await SCIMReader.with(world, source) { reader async throws in
                let again = try await reader.get(path, headers: [.ifNoneMatch: tag.value])
                #expect(again.status == .ok && again["displayName"].text == "Anna")
            }
        }
    }

    @Test("pages follow each other by index and by cursor, and a search says the same in its body")
    func pages() async throws {
        try await with { reader, source async throws in
            let all = try await reader.get("Users")
            #expect(all["totalResults"].number == 3 && all["startIndex"].number == 1 && all.ids == all.ids.sorted())
            var (seen, next): ([String], String?) = ([], "")
            while let cursor = next {
                let page = try await reader.get("Users?count=2&cursor=\(cursor)")
                #expect(page["totalResults"].number == 3)
                (seen, next) = (seen + page.ids, page.next)
            }
            #expect(seen == all.ids)
            #expect(try await reader.get("Users?startIndex=2&count=1").ids == [all.ids[1]])
            #expect(try await reader.get("Users?startIndex=-3&count=2").ids == Array(all.ids.prefix(2)))
            #expect(try await reader.get("Users?startIndex=9").resources.isEmpty)
            let none = try await reader.get("Users?count=0")
            #expect(none["totalResults"].number == 3 && none.resources.isEmpty && none.next == nil)
            let body = """
                {"schemas": ["\(SCIMSchema.searchRequest)"], "filter": "userName sw \\"a\\"", "attributes": ["userName"],
                "count": 5, "cursor": ""}
                """
            let found = try await reader.ask(.post, "Users/.search", body)
            #expect(found.status == .ok && found.userNames == ["ann"] && found.next == nil)
            #expect(found.resources.first?["emails"] == .null)
            for wrong in ["{}", "[]", "{", "{\"schemas\": [\"\(SCIMSchema.searchRequest)\"], \"filter\": 1}"] {
                #expect(try await reader.ask(.post, "Users/.search", wrong).status == .badRequest, "\(wrong)")
            }
        }
    }

    @Test("a list says up to when it is complete: not up to a run that is not over, whatever that has written")
    func completeUntil() async throws {
        try await Story.with { story in
            try await story.run([person("ann"), person("bob")], day: 0)
            let (world, source) = (story.world, story.source)
            let name = try #require(SCIMRoutes.completeUntil)
            let (first, second) = (story.next(day: 0), story.next(day: 1))
            let until = first.time.advanced(by: .seconds(-60)).description
            let changed = [person("ann", name: "Ann"), person("bob")]
            try await story.play { log in
                try log.start(second)
                try log.append(DepartmentBatch(page: 1, departments: [department(1)]), of: second)
                try log.append(UserBatch(page: 2, users: changed), of: second)
            }
            try await SCIMReader.with(world, source) { reader async throws in
                #expect(try await reader.get("Users").headers[name] == until)
            }
            try await story.play { try $0.append(RunMapped(manifest: manifest([1], ["ann", "bob"])), of: second) }
            try await SCIMReader.with(world, source) { reader async throws in
                #expect(try await reader.find("meta.lastModified gt \"\(until)\"").contains("ann"))
                let next = second.time.advanced(by: .seconds(-60)).description
                #expect(try await reader.get("Users").headers[name] == next)
                #expect(try await reader.find("meta.lastModified gt \"\(next)\"") == ["ann"])
                #expect(
                    try await reader.get("Users", key: SCIMReader.foreign).headers[name] == "1970-01-01T00:00:00.000Z"
                )
            }
        }
    }

    @Test("schemas, resource types and the configuration say what there is")
    func discovery() async throws {
        try await with { reader, _ async throws in
            let configuration = try await reader.get("ServiceProviderConfig")
            #expect(configuration["pagination"]["cursor"] == .boolean(true))
            #expect(configuration["patch"]["supported"] == .boolean(false))
            #expect(try await reader.get("ResourceTypes").ids == ["User", "Group"])
            #expect(try await reader.get("ResourceTypes/User")["endpoint"].text == "/Users")
            let schemas = try await reader.get("Schemas")
            let fields = schemas.resources.first { $0["id"].text == extendedFields }
            #expect(fields?["attributes"].elements.compactMap { $0["name"].text } == ["costCenter", "empty"])
            let other = try await reader.get("Schemas/\(extendedFields)", key: SCIMReader.foreign)
            #expect(other["attributes"].elements.isEmpty)
            #expect(try await reader.get("Schemas/urn:x").status == .notFound)
            #expect(try await reader.get("Schemas?filter=id%20pr").status == .forbidden)
        }
    }
}

/// Keeps a text from one connection to the next.
private final class Box: Sendable {
    private let text = Mutex("")

    var value: String { text.withLock { $0 } }

    func set(_ value: String) { text.withLock { $0 = value } }
}
