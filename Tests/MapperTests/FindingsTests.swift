import JSONCoding
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Testing

@testable import Mapper
@testable import Mapping

/// What WeCom says of those whom a run missed passes the mapper as pages do.
@Suite(.timeLimit(.minutes(5)))
struct FindingsTests {
    private static func findings(
        users: String = "[]",
        departments: String = "[]",
        mappingNumber: Int64 = 1
    ) -> FindingsFetched {
        FindingsFetched(
            batch: 2,
            batches: 3,
            mappingNumber: MappingNumber(rawValue: mappingNumber),
            findings: [
                Finding(.user("a"), .present), Finding(.user("b"), .absent, code: 60111),
                Finding(.department(5), .present), Finding(.user("c"), .unknown, code: -1),
            ],
            witnesses: [Finding(.user("w"), .present)],
            visibleRangeHash: ContentDigest(high: 1, low: 2),
            users: RawJSON(bytes: Array(users.utf8)),
            departments: RawJSON(bytes: Array(departments.utf8))
        )
    }

    /// What the writer is told where the records cannot be.
    private static let unknown = FindingsMapped(
        batch: 2,
        batches: 3,
        findings: [
            Finding(.user("a"), .unknown), Finding(.user("b"), .absent, code: 60111),
            Finding(.department(5), .unknown), Finding(.user("c"), .unknown, code: -1),
        ],
        witnesses: [Finding(.user("w"), .present)],
        visibleRangeHash: ContentDigest(high: 1, low: 2)
    )

    @Test("the answers pass as they are, and the records of the present as on pages")
    func mapped() throws {
        let users = #"[{"userid":"a","name":"A","mobile":{}},{"name":"nobody"}]"#
        let departments = #"[{"id":5,"parentid":5},{"id":[]}]"#
        let fetched = Self.findings(users: users, departments: departments)
        let mapped = try PageMapping.map(fetched, by: CompiledMapping(MappingRule.defaults))
        #expect((mapped.batch, mapped.batches) == (2, 3))
        #expect(mapped.findings == fetched.findings)
        #expect(mapped.witnesses == fetched.witnesses)
        #expect(mapped.visibleRangeHash == fetched.visibleRangeHash)
        let page = try PageMapping.map(users: .users(users), by: CompiledMapping(MappingRule.defaults))
        #expect(mapped.users == page.users)
        #expect(mapped.users.map(\.displayName) == ["A"])
        #expect(mapped.departments.map(\.parentID) == [0])
        #expect(mapped.rejected.count == 2)
        #expect(
            mapped.fieldProblems == [
                FieldProblem(.user("a"), field: "mobile", .wrongType),
                FieldProblem(.department(5), field: "parentid", .cycle),
            ]
        )
    }

    @Test("what was asked for is told unknown where its record cannot be, and all else as it is")
    func unmapped() throws {
        #expect(try UnmappedFindings(Self.findings().encode()).mapped == Self.unknown)
        #expect(throws: DecodingError.self) { try UnmappedFindings(Array(#"{"batch":1}"#.utf8)) }
    }

    @Test(
        "findings are handed on by the run's rules, under their own position",
        .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS is not set")
    )
    func handedOn() async throws {
        try await MapperWorld.with { world in
            let title = MappingRule(target: DirectoryField.title.rawValue, kind: .constant, value: "new")
            try await world.publish(world.configuration(mapping: [title], number: 4))
            let envelope = world.envelope(epoch: 3, fence: 7)
            try await world.send(Self.findings(users: #"[{"userid":"a"}]"#, mappingNumber: 4), envelope)
            let message = try await world.received(1)[0]
            #expect(message.envelope.type == FindingsMapped.type)
            #expect(message.envelope.position == envelope.position)
            #expect(message.envelope.run == envelope.run)
            #expect(message.record.key == Array(world.identityProvider.description.utf8))
            let mapped = try message.decode(FindingsMapped.self)
            #expect(mapped.users.map(\.title) == ["new"])
            #expect(mapped.findings == Self.findings().findings)
        }
    }

    @Test(
        "findings of a run whose rules are no more end the run",
        .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS is not set")
    )
    func rulesChanged() async throws {
        try await MapperWorld.with { world in
            try await world.publish(world.configuration(revision: 2, number: 2))
            try await world.send(Self.findings(mappingNumber: 1))
            #expect(try await world.received(1)[0].decode(RunAborted.self).cause == .mappingChanged)
        }
    }

    @Test(
        "no run waits for findings whose records cannot be handed on",
        .enabled(if: Broker.isAvailable, "KAFKA_BOOTSTRAP_SERVERS is not set")
    )
    func unanswerable() async throws {
        try await MapperWorld.with { world in
            let long = MappingRule(
                target: DirectoryField.title.rawValue,
                kind: .constant,
                value: String(repeating: "x", count: 2_000)
            )
            try await world.publish(world.configuration(mapping: [long]))
            let people = (0..<500).map { #"{"userid":"u\#($0)"}"# }.joined(separator: ",")
            let tooLarge = Self.findings(users: "[\(people)]")
            try await world.send(tooLarge)
            let json = String(decoding: try Self.findings().encode(), as: UTF8.self)
            let noList = json.replacing(#""users":[]"#, with: #""users":7"#)
            try await world.send(try world.record(FindingsFetched.type, noList))
            let broken = try world.record(FindingsFetched.type, "oops")
            try await world.send(broken)
            let messages = try await world.received(3)
            #expect(try messages[0].decode(FindingsMapped.self) == Self.unknown)
            #expect(try messages[1].decode(FindingsMapped.self) == Self.unknown)
            #expect(try messages[2].decode(RunAborted.self).cause == .unreadable)
            #expect(try await world.rejected(3).last?.record.value == broken.value)
        }
    }
}
