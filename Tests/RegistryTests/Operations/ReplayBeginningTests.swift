import Kafka
import KafkaTesting
import Messages
import Pipeline
import PostgresTesting
import Runtime
import Testing

@testable import Registry

/// Replays as owners of all tenants begin them; what they tell is proven with the whole suite.
@Suite(
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "needs DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS"),
    .timeLimit(.minutes(5))
)
struct ReplayBeginningTests {
    private static let path = "operations/replays"

    @Test("what the topic does not have is refused with the reason, and nothing is begun or audited")
    func refused() async throws {
        try await withRecords { registry in
            let id = try await registry.makeConnectedProvider()
            let refused = try await registry.send(
                .post,
                Self.path,
                ["idpID": .string(id.description), "why": "mended", "dryRun": true],
                headers: ["Idempotency-Key": "refused-once"]
            )
            #expect(refused.status == 409, "\(refused.text)")
            #expect(refused["detail"].string?.contains("no whole reading") == true, "\(refused.text)")
            try await expectNothing(in: registry)
        }
    }

    @Test("nobody but owners of all tenants begins any, and of a wish with mistakes each is told")
    func mistaken() async throws {
        try await withRecords { registry in
            let id = try await registry.makeConnectedProvider().description
            let tenant = try await registry.makeTenant()
            let wish: JSON = ["idpID": .string(id), "why": "mended"]
            for key in [try await registry.makeKey("operator"), try await registry.makeKey("owner", for: tenant)] {
                #expect(try await registry.send(.post, Self.path, wish, key: key).status == 403)
            }
            let mistaken: [JSON] = [
                ["why": "x"], ["idpID": .string(id)], ["idpID": .string(id), "tenantID": .string(id), "why": "x"],
                ["idpID": .string(id), "why": "x", "rate": 0], ["idpID": .string(id), "why": "x", "topic": "other"],
                ["idpID": .string(id), "why": "x", "from": "yesterday"],
                ["idpID": .string(id), "why": "x", "user": "ann", "department": 7],
            ]
            for body in mistaken {
                let answer = try await registry.send(.post, Self.path, body)
                #expect(answer.status == 400, "\(answer.text)")
            }
            let unknown: JSON = ["idpID": .string(IdentityProviderID.make().description), "why": "x"]
            #expect(try await registry.send(.post, Self.path, unknown).status == 404)
            try await expectNothing(in: registry)
        }
    }

    @Test("no more are told at once than may be, and what is not begun takes nobody's room")
    func bounded() async throws {
        let telling = ReplayTelling(logger: Broker.quiet)
        await #expect(throws: Problem.self) { try await telling.begin(ReplayTelling.most + 1) { _ in } }
        for _ in 0..<2 {
            try await telling.begin(ReplayTelling.most) { _ in
                await #expect(throws: Problem.self) { try await telling.begin(1) { _ in } }
            }
        }
    }

    private func expectNothing(in registry: TestRegistry) async throws {
        #expect(try await registry.send(.get, Self.path)["items"].array.isEmpty)
        #expect(try await registry.send(.get, "audit?action=replay.*")["items"].array.isEmpty)
    }

    /// A registry whose topic of records is the test's own, and empty.
    private func withRecords(_ body: @escaping @Sendable (TestRegistry) async throws -> Void) async throws {
        let namespace = try #require(TopicNamespace(Broker.uniqueName("replays") + "."))
        let topic = TopicCatalogue.wecomRecords.specification(
            in: namespace,
            partitions: 1,
            durability: .singleBroker
        )
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders([topic])
        do {
            try await withRegistry { settings in
                settings.stage.kafka = Broker.settings
                settings.stage.namespace = namespace
            } _: { registry in
                try await body(registry)
            }
        } catch {
            try? await admin.delete(afterUse: [topic.name])
            throw error
        }
        try await admin.delete(afterUse: [topic.name])
        try await admin.close()
    }
}
