import Foundation
import JSONCoding
import Messages
import Testing

/// The hot types have two codecs; what one writes the other reads, and it is the same JSON.
@Suite struct HotCodecTests {
    @Test("user batches read and write the same by both codecs", arguments: 1...200)
    func userBatches(seed: Int) throws {
        var random = RandomMessages(seed: UInt64(seed))
        let batch = UserBatch(
            page: random.number(1_000_000),
            slice: random.maybe { $0.slice() },
            users: random.list { $0.user() },
            rejected: random.list { $0.rejected() },
            fieldProblems: random.list { $0.fieldProblem() },
            origin: random.maybe { $0.origin() },
            mapping: random.maybe { $0.digest() },
            fields: random.maybe { $0.fields() },
            filtered: random.maybe { random in random.list { $0.text() } }
        )
        try expectSame(batch)
        #expect(try UserBatch.decode(batch.encode()) == batch)
    }

    @Test("unchanged pages read and write the same by both codecs", arguments: 1...200)
    func unchangedPages(seed: Int) throws {
        var random = RandomMessages(seed: UInt64(seed))
        let message = random.unchangedPages()
        try expectSame(message)
        #expect(try UnchangedPages.decode(message.encode()) == message)
    }

    @Test(
        "lists of digests that are cut short, or hold what is no digit, are refused by both codecs",
        arguments: ["0", String(repeating: "0", count: 33), String(repeating: "g", count: 32), #"\u0030"#]
    )
    func brokenDigests(digits: String) {
        let origin = #"{"department":1,"part":0,"digest":"00000000000000010000000000000002"}"#
        let json = Array(#"{"page":1,"mappingNumber":1,"pages":[{"origin":\#(origin),"users":"\#(digits)"}]}"#.utf8)
        #expect(throws: (any Error).self) { try UnchangedPages.decode(json) }
        #expect(throws: (any Error).self) { try MessageJSON.decoder.decode(UnchangedPages.self, from: Data(json)) }
    }

    @Test(
        "pages without an origin's department, part or digest are refused",
        arguments: ["department", "part", "digest"]
    )
    func brokenOrigin(field: String) {
        let origin = #"{"department":1,"part":0,"digest":"00000000000000010000000000000002"}"#
            .replacing("\"\(field)\"", with: "\"other\"")
        let json = Array(#"{"page":1,"mappingNumber":1,"users":[],"origin":\#(origin)}"#.utf8)
        #expect(throws: (any Error).self) { try UserPage.decode(json) }
    }

    @Test("department batches read and write the same by both codecs", arguments: 1...100)
    func departmentBatches(seed: Int) throws {
        var random = RandomMessages(seed: UInt64(seed))
        let batch = DepartmentBatch(
            page: random.number(1_000_000),
            slice: random.maybe { $0.slice() },
            departments: random.list { $0.department() },
            rejected: random.list { $0.rejected() },
            fieldProblems: random.list { $0.fieldProblem() }
        )
        try expectSame(batch)
    }

    @Test("changes of the directory read and write the same by both codecs", arguments: 1...200)
    func directoryChanges(seed: Int) throws {
        var random = RandomMessages(seed: UInt64(seed))
        let changes = random.directoryChanges()
        try expectSame(changes)
        #expect(try DirectoryChanges.decode(changes.encode()) == changes)
    }

    @Test("pages read and write the same by both codecs")
    func pages() throws {
        let users = RawJSON(bytes: Array(#"[{"userid":"a","department":[1,2],"name":"张三"},{"x":null,"y":1.5}]"#.utf8))
        try expectSame(UserPage(page: 7, mappingNumber: MappingNumber(rawValue: 4), users: users))
        try expectSame(DepartmentPage(page: 8, departments: users))
        let origin = PageOrigin(department: 5, part: 2, digest: ContentDigest(high: 1, low: 2))
        try expectSame(UserPage(page: 9, users: users, origin: origin))
        #expect(try UserPage.decode(UserPage(page: 9, users: users, origin: origin).encode()).origin == origin)
    }

    @Test("a page's head is read before its list, and from a page that is cut short or breaks off in its list")
    func heads() throws {
        let users = RawJSON(bytes: Array(#"[{"userid":"a"}]"#.utf8))
        let origin = PageOrigin(department: 5, part: 2, digest: ContentDigest(high: 1, low: 2))
        let number = MappingNumber(rawValue: 9)
        let json = try UserPage(page: 4, mappingNumber: number, users: users, origin: origin).encode()
        for length in [json.count, json.count - 4, json.count - users.bytes.count] {
            let head = PageHead(of: Array(json.prefix(length)))
            #expect(head.page == 4)
            #expect(head.mappingNumber == number)
            #expect(head.origin == origin)
        }
    }

    @Test("a page's head is read from behind its list, too", arguments: [#""users":[{}]"#, #""pages":[{"page":9}]"#])
    func headBehind(list: String) {
        let head = PageHead(of: Array(#"{\#(list),"mappingNumber":2,"page":4}"#.utf8))
        #expect(head.page == 4)
        #expect(head.mappingNumber == MappingNumber(rawValue: 2))
        #expect(head.origin == nil)
        #expect(PageHead(of: Array("oops".utf8)).page == nil)
    }

    @Test("pages that do not say by which rules they are mapped are refused")
    func withoutNumber() {
        #expect(throws: JSONError.self) { try UserPage.decode(Array(#"{"page":1,"users":[]}"#.utf8)) }
        #expect(throws: JSONError.self) { try UnchangedPages.decode(Array(#"{"page":1,"pages":[]}"#.utf8)) }
    }

    @Test("a page carries WeCom's bytes untouched")
    func untouched() throws {
        let users = RawJSON(bytes: Array(#"[ {"name" : "a\u0001b\u4f01"} ]"#.utf8))
        #expect(try UserPage.decode(UserPage(page: 1, users: users).encode()).users.bytes == users.bytes)
    }

    @Test("a reader ignores fields that it does not know")
    func unknownFields() throws {
        var random = RandomMessages(seed: 3)
        let batch = UserBatch(page: 1, users: [random.user()])
        let json = String(decoding: try batch.encode(), as: UTF8.self)
        let newer = json.replacing("\"page\":", with: "\"later\":{\"a\":[1]},\"page\":")
        #expect(try UserBatch.decode(Array(newer.utf8)) == batch)
    }

    @Test(
        "a batch without its page, or cut short, is refused",
        arguments: ["{}", #"{"users":[]}"#, #"{"page":1,"users":["#]
    )
    func broken(json: String) {
        #expect(throws: (any Error).self) { try UserBatch.decode(Array(json.utf8)) }
    }

    /// Both codecs write the same JSON, judged by a reader that is neither's, and each reads what the other writes.
    private func expectSame<M: Message>(_ message: M, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let hot = try message.encode()
        let plain = [UInt8](try MessageJSON.encoder.encode(message))
        #expect(try judged(hot) == judged(plain), sourceLocation: sourceLocation)
        let read = try M.decode(plain)
        #expect(try judged(read.encode()) == judged(plain), sourceLocation: sourceLocation)
        let decoded = try MessageJSON.decoder.decode(M.self, from: Data(hot))
        #expect(try judged(MessageJSON.encoder.encode(decoded)) == judged(plain), sourceLocation: sourceLocation)
    }

    /// What Foundation's strict reader, which shares no code with ours, makes of a JSON object.
    private func judged(_ json: some Sequence<UInt8>) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(json)) as? NSDictionary)
    }
}
