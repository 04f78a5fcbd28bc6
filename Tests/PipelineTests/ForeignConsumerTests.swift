import Foundation
import Kafka
import KafkaTesting
import Messages
import Pipeline
import ProgramTesting
import Testing

/// The consumer of `Shared/Messages/README.md` works as it stands there.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled(
        if: Broker.isAvailable && ProcessInfo.processInfo.environment["CONTRACTS_PYTHON"] != nil,
        "needs KAFKA_BOOTSTRAP_SERVERS and CONTRACTS_PYTHON"
    )
)
struct ForeignConsumerTests {
    @Test("a consumer of another language reads what is written")
    func python() async throws {
        let namespace = try #require(TopicNamespace(Broker.uniqueName("foreign") + "."))
        let topic = TopicCatalogue.directoryChanges.specification(
            in: namespace,
            partitions: 2,
            durability: .singleBroker
        )
        let admin = try Admin(settings: Broker.settings, logger: Broker.quiet)
        try await admin.createAndAwaitLeaders([topic])
        let (idp, user) = (IdentityProviderID.make(), UserID(UUIDv7.make()))
        let change = DirectoryChanges.UserChange(
            kind: .created,
            id: user,
            externalID: "zhangsan",
            username: nil,
            displayName: "张三",
            email: nil,
            isEnabled: true,
            departments: []
        )
        let envelope = Envelope(type: DirectoryChanges.type, source: "tests/1", tenant: .make(), identityProvider: idp)
        let message = DirectoryChanges(incarnation: .make(), sequence: 1, users: [change])
        let producer = try Producer(settings: Broker.settings, logger: Broker.quiet)
        // Somebody else's record, of which nothing is known, comes first.
        let stranger = OutgoingRecord(topic: topic.name, key: "\(idp)", value: Array("?".utf8))
        _ = try await producer.send([stranger, try OutgoingRecord(message, envelope: envelope, in: namespace)])
        let output = try await run(until: "\(idp) created \(user)", in: namespace)
        #expect(output.contains("\(idp) created \(user)"), "\(output)")
        try await admin.delete(afterUse: [topic.name])
        try await admin.close()
    }

    /// Runs the example until it says something, and returns all that it said.
    private func run(until text: String, in namespace: TopicNamespace) async throws -> String {
        let variables = ProcessInfo.processInfo.environment
        let consumer = try ForeignProgram(
            try #require(variables["CONTRACTS_PYTHON"]),
            ["-c", try example()],
            ["GROUP": namespace.group("example"), "TOPIC_PREFIX": namespace.prefix]
        )
        defer { consumer.end() }
        try? await eventually("the line") { consumer.output.contains(text) || consumer.status != nil }
        return consumer.output
    }

    private func example() throws -> String {
        let readme = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Shared/Messages/README.md")
        let parts = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "```python\n")
        return try #require(parts.last?.components(separatedBy: "```").first)
    }
}
