import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import ServiceLifecycle
import Testing

@testable import Writer

/// The writer within a real stage, over a cluster in memory.
@Suite(.timeLimit(.minutes(5)), .enabled(if: WriterWorld.isAvailable, "needs DATABASE_URL"))
struct StageTests {
    /// Runs a stage of the writer while `body` looks on.
    func running(_ world: WriterWorld, _ body: @Sendable () async throws -> Void) async throws {
        var settings = StageSettings(kafka: world.cluster.settings)
        settings.kafka["session.timeout.ms"] = "6000"
        let stage = Stage(
            name: DirectoryIntake.stage,
            topics: [TopicCatalogue.directoryRecords],
            handler: world.intake(),
            settings: settings,
            producer: world.producer,
            logger: Broker.quiet
        )
        let group = ServiceGroup(services: [stage], logger: Broker.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    func write(_ log: RunLog, in world: WriterWorld) async throws {
        for record in log.records {
            _ = try await world.producer.send(
                OutgoingRecord(
                    topic: record.position.topic,
                    key: record.key.map { String(decoding: $0, as: UTF8.self) },
                    value: record.value,
                    headers: record.headers
                )
            )
        }
    }

    @Test("what is refused is found and passed over, and a directory that was emptied is rebuilt and told anew")
    func poisonAndRebuild() async throws {
        try await WriterWorld.with { world in
            try world.cluster.createTopic(TopicCatalogue.directoryRecords.name)
            let (source, other) = (Source(), Source())
            var log = RunLog()
            try log.append(
                RunLog.Run(source: source),
                users: [person("ann"), person("nul", name: "\0"), person("cid")]
            )
            log.append(key: source.id.description, value: [0xFF], headers: [])
            try log.append(RunLog.Run(source: other), departments: [department(1, "\0")], users: [person("ann")])
            try log.append(RunLog.Run(source: source, epoch: 2), users: [person("ann")], gone: [.user("cid")])
            try await write(log, in: world)
            try await running(world) {
                try await eventually("the last run") {
                    try await world.finished(source).count == 2
                }
            }
            #expect(try await world.finished(source).map(\.outcome) == [.partial, .succeeded])
            #expect(try await world.finished(other).map(\.outcome) == [.partial])
            #expect(try await world.letters().count == 3)
            let before = try await world.changes(of: source)

            try await world.empty()
            try await running(world) {
                try await eventually("the last run again") {
                    try await world.finished(source).count == 4
                }
            }
            try await world.republish()
            let told = try await world.changes(of: source).dropFirst(before.count)
            #expect(told.map(\.snapshot?.part) == [1, 2])
            #expect(told.last?.users.map(\.externalID) == ["ann", "cid"])
            #expect(told.last?.users.map(\.isEnabled) == [true, false])
            #expect(told.first?.incarnation != before.first?.incarnation)
        }
    }
}
