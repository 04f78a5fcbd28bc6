import JSONCoding
import Kafka
import Messages
import Pipeline
import Runtime
import Testing

@testable import Control

/// What `bridgectl explain` says of one person.
@Suite(.timeLimit(.minutes(5))) struct ExplainTests {
    private static let identityProvider = IdentityProviderID.make()
    private static let digest = ContentDigest(high: 1, low: 2)

    private func message(
        _ content: some Message,
        epoch: Int64 = 7,
        of id: IdentityProviderID = identityProvider
    ) throws -> IncomingMessage {
        let envelope = Envelope(
            type: type(of: content).type,
            source: "test",
            tenant: .make(),
            identityProvider: id,
            run: .make(),
            position: RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: 1))
        )
        let topic = try #require(TopicCatalogue.streams.first { $0.carries.contains(type(of: content).type) })
        let record = try OutgoingRecord(content, envelope: envelope, to: topic, in: .none)
        return try IncomingMessage(
            Record(
                position: Position(topic: record.topic, partition: 0, offset: 0),
                key: record.key.map { Array($0.utf8) },
                value: record.value,
                headers: record.headers,
                timestamp: 0
            )
        )
    }

    private func trail(_ messages: IncomingMessage...) -> PersonTrail {
        var trail = PersonTrail(of: "ZhangSan", in: Self.identityProvider)
        for message in messages { trail.take(message) }
        return trail
    }

    private func page(_ users: String, department: Int64 = 12) -> UserPage {
        UserPage(
            page: 1,
            users: RawJSON(bytes: Array(users.utf8)),
            origin: PageOrigin(department: department, part: 0, digest: Self.digest)
        )
    }

    @Test("a person is found in a page however the id is spelt, beside others that are odd, with the status")
    func fetched() throws {
        let trail = trail(try message(page(#"[{"userid":7},{"userid":"zhangsan","status":2,"mobile":"1"}]"#)))
        let note = try #require(trail.notes[.fetched])
        #expect(note.text == "WeCom showed the person in the list of department 12, status 2")
        #expect(note.epoch == Epoch(rawValue: 7))
    }

    @Test("a page that did not travel names its people by digests")
    func unchanged() throws {
        let key = DirectoryKey("zhangsan", isCaseSensitive: false).digest
        let origin = PageOrigin(department: 3, part: 0, digest: Self.digest)
        let pages = UnchangedPages(page: 1, pages: [.init(origin: origin, users: DigestList([key]))])
        let trail = trail(try message(pages))
        #expect(trail.notes[.fetched]?.text.contains("department 3, as in the run before") == true)
    }

    @Test("what WeCom said when asked by itself is told with its code")
    func asked() throws {
        let findings = FindingsFetched(
            batch: 1,
            batches: 1,
            mappingNumber: .first,
            findings: [Finding(.user("zhangsan"), .absent, code: 60_111)],
            witnesses: [],
            visibleRangeHash: nil,
            users: RawJSON(bytes: Array("[]".utf8)),
            departments: RawJSON(bytes: Array("[]".utf8))
        )
        let trail = trail(try message(findings))
        #expect(trail.notes[.asked]?.text.hasSuffix("WeCom said: absent (code 60111)") == true)
    }

    @Test("what the mapper made of the record is told with the fields that could not be taken, and no value")
    func mapped() throws {
        let batch = UserBatch(
            page: 1,
            users: [
                UserRecord(
                    externalID: "zhangsan",
                    displayName: "张三",
                    status: .disabled,
                    memberships: [UserRecord.Membership(department: 12)],
                    contentHash: Self.digest
                )
            ],
            fieldProblems: [
                FieldProblem(.user("zhangsan"), field: "gender", .wrongType),
                FieldProblem(.user("lisi"), field: "mobile", .tooLong),
            ]
        )
        let trail = trail(try message(batch))
        #expect(
            trail.notes[.mapped]?.text == "disabled, departments 12; could not be taken: gender (wrongType)"
        )
    }

    @Test("the newest run counts, and other identity providers' messages do not")
    func newest() throws {
        let trail = trail(
            try message(page(#"[{"userid":"zhangsan"}]"#, department: 5), epoch: 9),
            try message(page(#"[{"userid":"zhangsan"}]"#, department: 4), epoch: 8),
            try message(page(#"[{"userid":"zhangsan"}]"#, department: 3), epoch: 10, of: .make())
        )
        #expect(trail.notes[.fetched]?.text.contains("department 5") == true)
    }

    @Test("each step has its line, also where nothing is known")
    func lines() throws {
        let provider = JSON.object([
            "status": .string("enabled"), "authorization": .string("authorized"),
            "scope": .object(["kind": .string("all")]),
        ])
        let held = JSON.object([
            "kind": .string("user"), "externalID": .string("zhangsan"), "state": .string("held"),
            "since": .string("2026-03-01T08:30:00.000Z"), "hold": .string("overLimit"),
        ])
        let lines = Explanation(
            provider: provider,
            trail: trail(),
            users: .object(["items": .array([])]),
            missing: .array([held])
        ).lines
        #expect(lines.count == 7)
        #expect(lines[0].hasPrefix("settings: status enabled, authorization authorized"))
        #expect(lines[5] == "written:  the directory has nobody of that id")
        #expect(lines[6] == "missing:  held, since 2026-03-01T08:30:00.000Z, hold overLimit")
    }
}
