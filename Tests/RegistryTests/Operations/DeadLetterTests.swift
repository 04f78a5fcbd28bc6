import Failures
import Kafka
import KafkaTesting
import Messages
import Pipeline
import Postgres
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Dead letters as operators of all tenants see and settle them.
@Suite(
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "needs DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS"),
    .timeLimit(.minutes(5))
)
struct DeadLetterTests {
    private static let path = "operations/dead-letters"

    @Test(
        "letters are listed, counted and shown without their values; redriven and discarded they are gone, and audited"
    )
    func settled() async throws {
        try await withLetters { registry, ground in
            let tenant = TenantID.make().description
            try await ground.bury(.unknownType, of: tenant)
            try await ground.bury(.notOfItsForm, of: tenant)
            let counts = try await registry.send(.get, "\(Self.path)/histogram")["items"].array
            #expect(Set(counts.map { $0["name"].string }) == ["unknown-type", "not-of-its-form"])
            #expect(counts.allSatisfy { $0["count"] == 1 && $0["advice"].string?.isEmpty == false })
            let first = try await registry.send(.get, "\(Self.path)?limit=1")
            let second = try await registry.send(.get, "\(Self.path)?cursor=\(first["nextCursor"].string ?? "")")
            #expect(first["items"].array.count == 1 && second["items"].array.count == 1)
            #expect(first["items"][0]["id"] != second["items"][0]["id"])
            let items = try await registry.send(.get, "\(Self.path)?reason=not-of-its-form&tenant=\(tenant)")["items"]
            let id = try #require(items[0]["id"].string)
            let record = try await registry.send(.get, PercentEncoding.url("\(Self.path)/records", [("id", id)]))
            #expect(record["items"][0]["bytes"] == 6 && record["items"][0]["stage"].string == LetterGround.consumer)
            #expect(!record.text.contains("secret"))

            let redriven = try await registry.send(
                .post,
                "\(Self.path)/redrive",
                ["why": "the reader was upgraded", "reason": "unknown-type"]
            )
            #expect(redriven.status == 200 && redriven["settled"] == 1 && redriven["left"] == 0, "\(redriven.text)")
            let discarded = try await registry.send(
                .post,
                "\(Self.path)/discard",
                ["why": "of no use", "ids": [.string(id)]]
            )
            #expect(discarded["settled"] == 1, "\(discarded.text)")
            #expect(try await registry.send(.get, Self.path)["items"].array.isEmpty)
            let told = try await registry.send(.get, "audit?action=dead.*")["items"].array
            #expect(told.map { $0["action"] } == ["dead.discarded", "dead.redriven"])
            #expect(told.map { $0["object"]["id"] } == [discarded["operation"], redriven["operation"]])
            #expect(told[1]["details"]["reason"] == "the reader was upgraded")
            let records = try await ground.records()
            #expect(records.filter { $0.header("redriven") == "1" }.count == 1)
        }
    }

    @Test("what nobody may, or nobody chose, settles nothing and leaves no trace")
    func refused() async throws {
        try await withLetters { registry, ground in
            try await ground.bury(.unknownType, of: TenantID.make().description)
            let tenant = try await registry.makeTenant()
            let wish: JSON = ["why": "x", "reason": "unknown-type"]
            for (key, status) in [
                (try await registry.makeKey("operator"), 403), (try await registry.makeKey("owner", for: tenant), 403),
            ] {
                #expect(try await registry.send(.post, "\(Self.path)/redrive", wish, key: key).status == status)
            }
            let unclear: [JSON] = [["why": "x"], ["reason": "unknown-type"], ["why": "x", "ids": []]]
            for body in unclear {
                #expect(try await registry.send(.post, "\(Self.path)/discard", body).status == 400)
            }
            #expect(try await registry.send(.get, Self.path)["items"].array.count == 1)
            #expect(try await registry.send(.get, "audit?action=dead.*")["items"].array.isEmpty)
        }
    }

    /// A registry whose topics are the test's own.
    private func withLetters(
        _ body: @escaping @Sendable (TestRegistry, LetterGround) async throws -> Void
    ) async throws {
        let ground = try LetterGround()
        try await ground.made {
            try await withRegistry { settings in
                settings.stage.kafka = Broker.settings
                settings.stage.namespace = ground.namespace
            } _: { registry in
                try await body(registry, ground)
            }
        }
    }
}

/// A topic of a test's own with its dead letters.
struct LetterGround: Sendable {
    static let consumer = "wecom-fetcher"

    let namespace: TopicNamespace
    private let producer: Producer

    init() throws {
        guard let namespace = TopicNamespace(Broker.uniqueName("letters") + ".") else { throw NoNamespace() }
        self.namespace = namespace
        producer = try Producer(settings: Broker.settings, logger: Broker.quiet)
    }

    private struct NoNamespace: Error {}

    private var topic: String { namespace.name(of: TopicCatalogue.commands) }

    /// Does something while the topics are there.
    func made(_ body: () async throws -> Void) async throws {
        let topics = [TopicCatalogue.commands, TopicCatalogue.commands.deadLetters(of: Self.consumer)].map {
            $0.specification(in: namespace, partitions: 2, durability: .singleBroker)
        }
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders(topics)
        do {
            try await body()
        } catch {
            try? await admin.delete(afterUse: topics.map(\.name))
            throw error
        }
        try await admin.delete(afterUse: topics.map(\.name))
    }

    /// Writes a letter of a record.
    func bury(_ refusal: ReadingRefusal, of tenant: String) async throws {
        let rejection = Rejection(
            record: Record(
                position: Position(topic: topic, partition: 0, offset: 0),
                key: nil,
                value: Array("secret".utf8),
                headers: [Header("ce_tenantid", tenant)]
            ),
            reason: "in particular",
            cause: RejectionCause(refusal)
        )
        try await producer.send([DeadLetters.letter(rejection, stage: Self.consumer)])
    }

    /// Writes so many records to the topic itself.
    func write(_ count: Int) async throws {
        let records = (0..<count).map { _ in
            OutgoingRecord(topic: topic, key: nil, value: Array("{}".utf8), headers: [])
        }
        try await producer.send(records)
    }

    /// What the topic itself holds.
    func records() async throws -> [Record] {
        var records: [Record] = []
        let reading = TopicReading(topics: [topic], settings: Broker.settings, logger: Broker.quiet)
        try await reading.forEach { records += $0 }
        return records
    }
}
