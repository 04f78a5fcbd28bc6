import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import KafkaTesting
import Messages
import Testing

@testable import Writer

@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct ReadAPITests {
    static let all = "key-that-sees-all-tenants"
    static let own = "key-of-the-first-tenant"
    static let foreign = "key-of-the-other-tenant"

    /// What an answer says, as far as tests look at it.
    struct Answer: Decodable {
        struct Item: Decodable {
            var id: String?
            var externalID: AnyText?
            var displayName: String?
            var state: String?
            var enabled: Bool?
            var people: Int?
        }

        /// People's ids are texts, departments' are numbers.
        struct AnyText: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int64.self) {
                    text = "\(number)"
                } else {
                    text = try container.decode(String.self)
                }
            }
        }

        var items: [Item]?
        var nextCursor: String?
        var users: Int?
        var disabledUsers: Int?
        var departments: Int?
        var lastRun: String?

        var externalIDs: [String] { (items ?? []).compactMap { $0.externalID?.text } }
    }

    struct Reader: Sendable {
        let client: any TestClientProtocol

        func get(_ path: String, key: String?) async throws -> (status: HTTPResponse.Status, bytes: Data) {
            var headers = HTTPFields()
            if let key { headers[.authorization] = "Bearer \(key)" }
            let response = try await client.execute(uri: path, method: .get, headers: headers)
            return (response.status, Data(response.body.readableBytesView))
        }

        func post(
            _ path: String,
            _ body: String,
            key: String
        ) async throws -> (status: HTTPResponse.Status, bytes: String) {
            let headers: HTTPFields = [.authorization: "Bearer \(key)", .contentType: "application/json"]
            let response = try await client.execute(
                uri: path,
                method: .post,
                headers: headers,
                body: ByteBuffer(string: body)
            )
            return (response.status, String(buffer: response.body))
        }

        func read(_ path: String, key: String = ReadAPITests.own) async throws -> Answer {
            let answer = try await get(path, key: key)
            #expect(answer.status == .ok)
            return try JSONDecoder().decode(Answer.self, from: answer.bytes)
        }
    }

    @Test("a parameter with a zero in it is refused, whichever it is", arguments: ["cursor", "externalID", "q"])
    func zeroBytes(name: String) async throws {
        try await with { reader, source in
            for list in ["users", "missing"] {
                let answer = try await reader.get("/api/v1/idps/\(source.id)/\(list)?\(name)=a%00", key: Self.own)
                #expect(answer.status == .badRequest, "\(list)")
            }
        }
    }

    /// A directory with three people, of whom Cid is removed, and two departments.
    func with(_ body: @Sendable (Reader, Source) async throws -> Void) async throws {
        try await WriterWorld.with { world in
            let (source, other) = (Source(), Source())
            let departments = [department(1, "All"), department(2, "Sales", parent: 1)]
            let ann = person("ann", name: "Ann 安", mobile: "13800000001")
            let users = [ann, person("bob", status: .disabled), person("cid")]
            var log = RunLog()
            try log.append(RunLog.Run(source: source), departments: departments, users: users)
            let second = RunLog.Run(source: source, epoch: 2)
            try log.append(second, departments: departments, users: users.dropLast(), gone: [.user("cid")])
            try await world.assignedIntake().read(log)
            let readers = try DirectoryReaders(
                "\(Self.all),\(Self.own)@\(source.tenant),\(Self.foreign)@\(other.tenant)"
            )
            let router = directoryRouter(
                DirectoryReading(database: world.database, historyDays: 180),
                Republications(republishing: world.republishing) {},
                readers: readers
            )
            try await Application(router: router, logger: Broker.quiet).test(.router) { client in
                try await body(Reader(client: client), source)
            }
        }
    }

    @Test("without a known key nothing is shown")
    func unauthorized() async throws {
        try await with { reader, source async throws in
            for path in ["idps/\(source.id)/users", "idps/\(source.id)/summary", "users/\(source.user("ann"))"] {
                #expect(try await reader.get("/api/v1/\(path)", key: nil).status == .unauthorized)
                #expect(try await reader.get("/api/v1/\(path)", key: "another key").status == .unauthorized)
            }
        }
    }

    @Test("whatever can be had by GET is asked for by HEAD with the same status, and no body")
    func head() async throws {
        try await with { reader, source async throws in
            for (key, status) in [(Self.own, HTTPResponse.Status.ok), ("another key", .unauthorized)] {
                let head = try await reader.client.execute(
                    uri: "/api/v1/idps/\(source.id)/users",
                    method: .head,
                    headers: [.authorization: "Bearer \(key)"]
                )
                #expect(head.status == status)
                #expect(head.body.readableBytes == 0)
            }
        }
    }

    @Test("people are found by what a name or an id holds, in either case, and by their department")
    func search() async throws {
        try await with { reader, source async throws in
            let users = "/api/v1/idps/\(source.id)/users"
            #expect(try await reader.read("\(users)?q=AN").externalIDs == ["ann"])
            #expect(try await reader.read("\(users)?q=b&state=active").externalIDs == ["bob"])
            #expect(try await reader.read("\(users)?q=%25").externalIDs.isEmpty)
            #expect(try await reader.read("\(users)?q=%E5%AE%89").externalIDs == ["ann"])
            #expect(try await reader.read("\(users)?q=%E5%AE%89%E5%AE%89").externalIDs.isEmpty)
            #expect(try await reader.read("\(users)?q=13800").externalIDs == ["ann"])
            #expect(try await reader.read("\(users)?q=annann").externalIDs.isEmpty)
            #expect(try await reader.read("\(users)?q=a%25n").externalIDs.isEmpty)
            #expect(try await reader.read("\(users)?q=_").externalIDs.isEmpty)
            #expect(try await reader.read("\(users)?q=%5C").externalIDs.isEmpty)
            #expect(try await reader.read("\(users)?department=4711").externalIDs.isEmpty)
            let all = try await reader.read(users).externalIDs
            let inSome = try await reader.read("\(users)?department=1").externalIDs
            #expect(Set(inSome).isSubset(of: all) && !inSome.isEmpty)
            #expect(try await reader.read("\(users)?q=ann", key: Self.foreign).externalIDs.isEmpty)
            for wrong in ["q=%00", "department=x", "q=" + String(repeating: "a", count: 500)] {
                #expect(try await reader.get("\(users)?\(wrong)", key: Self.own).status == .badRequest)
            }
        }
    }

    @Test("departments say how many people they have where that is asked for")
    func peopleOfDepartments() async throws {
        try await with { reader, source async throws in
            let departments = "/api/v1/idps/\(source.id)/departments"
            let plain = try await reader.read(departments).items ?? []
            #expect(plain.allSatisfy { $0.people == nil })
            let counted = try await reader.read("\(departments)?people=true").items ?? []
            #expect(counted.map(\.people) == [2, 0])
        }
    }

    @Test("departments are told by their numbers where some are asked for")
    func someDepartments() async throws {
        try await with { reader, source async throws in
            let departments = "/api/v1/idps/\(source.id)/departments"
            let all = try await reader.read(departments).externalIDs
            #expect(try await reader.read("\(departments)?externalIDs=\(all[1]),4711").externalIDs == [all[1]])
            for wrong in ["", "1,,x", "1,2.5", Array(repeating: "1", count: 501).joined(separator: ",")] {
                let answer = try await reader.get("\(departments)?externalIDs=\(wrong)", key: Self.own)
                #expect(answer.status == .badRequest, "\(wrong.prefix(10))")
            }
        }
    }

    @Test("a key sees its own tenant only, one for all tenants sees each")
    func isolation() async throws {
        try await with { reader, source async throws in
            for key in [Self.own, Self.all] {
                #expect(try await reader.read("/api/v1/idps/\(source.id)/users", key: key).items?.count == 3)
                #expect(try await reader.read("/api/v1/idps/\(source.id)/departments", key: key).items?.count == 2)
                #expect(try await reader.get("/api/v1/users/\(source.user("ann"))", key: key).status == .ok)
            }
            #expect(try await reader.read("/api/v1/idps/\(source.id)/users", key: Self.foreign).items?.count == 0)
            #expect(try await reader.read("/api/v1/idps/\(source.id)/departments", key: Self.foreign).items?.count == 0)
            for path in ["idps/\(source.id)/summary", "users/\(source.user("ann"))"] {
                #expect(try await reader.get("/api/v1/\(path)", key: Self.foreign).status == .notFound)
            }
        }
    }

    @Test("pages follow each other by their cursors, and the last one has none")
    func pages() async throws {
        try await with { reader, source async throws in
            for (list, expected) in [("users", ["ann", "bob", "cid"]), ("departments", ["1", "2"])] {
                var seen: [String] = []
                var cursor: String? = nil
                repeat {
                    let next = cursor.map { "&cursor=\($0)" } ?? ""
                    let page = try await reader.read("/api/v1/idps/\(source.id)/\(list)?limit=1\(next)")
                    #expect(page.items?.count == 1)
                    seen += page.externalIDs
                    cursor = page.nextCursor
                } while cursor != nil && seen.count < 9
                #expect(seen == expected)
            }
        }
    }

    @Test("removed people are told apart, and neither they nor disabled ones may log on")
    func states() async throws {
        try await with { reader, source async throws in
            let active = try await reader.read("/api/v1/idps/\(source.id)/users?state=active")
            #expect(active.externalIDs == ["ann", "bob"])
            #expect(active.items?.map(\.enabled) == [true, false])
            #expect(active.items?.first?.id == source.user("ann").description)
            let removed = try await reader.read("/api/v1/idps/\(source.id)/users?state=removed")
            #expect(removed.externalIDs == ["cid"])
            #expect(removed.items?.map(\.enabled) == [false])
            #expect(removed.items?.map(\.state) == ["removed"])
        }
    }

    @Test("the summary counts, and tells how the last run ended")
    func summary() async throws {
        try await with { reader, source async throws in
            let summary = try await reader.read("/api/v1/idps/\(source.id)/summary")
            #expect(summary.users == 2)
            #expect(summary.disabledUsers == 1)
            #expect(summary.departments == 2)
            #expect(summary.lastRun == "succeeded")
        }
    }

    @Test(
        "a limit or state that is none is a bad request",
        arguments: ["limit=0", "limit=1001", "limit=many", "state=gone"]
    )
    func badRequest(query: String) async throws {
        try await with { reader, source async throws in
            let answer = try await reader.get("/api/v1/idps/\(source.id)/users?\(query)", key: Self.own)
            #expect(answer.status.kind == .clientError)
            #expect(answer.status == .badRequest)
        }
    }

    @Test("openapi.json describes every route, and no other")
    func description() async throws {
        try await WriterWorld.with { world in
            let readers = try DirectoryReaders("")
            let router = directoryRouter(
                DirectoryReading(database: world.database, historyDays: 180),
                Republications(republishing: world.republishing) {},
                rebuild: world.rebuild,
                readers: readers
            )
            let routes = router.routes.map { "\($0.method) \($0.path)" }
            try await Application(router: router, logger: Broker.quiet).test(.router) { client in
                let bytes = try await Reader(client: client).get("/openapi.json", key: nil).bytes
                let document = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
                let described = try #require(document["paths"] as? [String: [String: Any]])
                let paths = described.flatMap { path, operations in
                    operations.keys.map { "\($0.uppercased()) \(path)" }
                }
                #expect(Set(paths) == Set(routes))
            }
        }
    }

    @Test("an id that is none is not found")
    func unknown() async throws {
        try await with { reader, _ async throws in
            for path in ["idps/nobody/users", "users/nobody", "idps/\(IdentityProviderID.make())/summary"] {
                #expect(try await reader.get("/api/v1/\(path)", key: Self.all).status == .notFound)
            }
        }
    }

    @Test("one identity provider is told anew for its tenant's key, all of them for a key for all tenants")
    func republications() async throws {
        try await with { reader, source async throws in
            let path = "/api/v1/republications"
            for (key, body) in [(Self.own, #"{"idp":"\#(source.id)"}"#), (Self.all, "{}"), (Self.all, "")] {
                let answer = try await reader.post(path, body, key: key)
                #expect(answer.status == .accepted)
                #expect(answer.bytes == #"{"identityProviders":1}"#)
            }
            #expect(try await reader.post(path, "{}", key: Self.own).status == .forbidden)
            #expect(try await reader.post(path, #"{"idp":"\#(source.id)"}"#, key: Self.foreign).status == .notFound)
            #expect(try await reader.post(path, #"{"idp":"\#(Source().id)"}"#, key: Self.all).status == .notFound)
            for body in [#"{"idp":1}"#, #"{"idp":"x"}"#, #"{"other":1}"#, "[]", "{"] {
                #expect(try await reader.post(path, body, key: Self.all).status == .badRequest, "\(body)")
            }
        }
    }
}
