import Foundation
import HTTPTypes
import Kafka
import KafkaTesting
import Logging
import Messages
import Pipeline
import PostgresTesting
import Runtime
import ServiceLifecycle
import Synchronization
import Testing

@testable import Registry

/// The services as `main` runs them, with a real broker.
@Suite(
    .enabled(if: TestDatabase.isAvailable && Broker.isAvailable, "needs DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS"),
    .timeLimit(.minutes(5))
)
struct WholeServiceTests {
    @Test("what is done over HTTP comes out on the topics, and what comes on the topics shows over HTTP")
    func wholeWay() async throws {
        try await withService { registry, namespace in
            let id = try await registry.makeConnectedProvider()
            let run = try await registry.startRun(id)
            let configurations = try await records(2, of: TopicCatalogue.configuration, namespace)
            #expect(configurations.map { $0.header("ce_idpid") } == [id.description, id.description])
            let command = try #require(try await records(1, of: TopicCatalogue.commands, namespace).first)
            let message = try IncomingMessage(command).decode(RunSync.self)
            #expect(message.run.description == run["id"].string)
            try await tell([(run, TestRegistry.end(of: run))], registry, namespace)
            try await eventually("the run is over") {
                try await registry.run(run)["outcome"] == "succeeded"
            }
        }
    }

    @Test("every way in which a run can end is its end here, with its reason, within ten seconds")
    func everyEnd() async throws {
        try await withService { registry, namespace in
            let ends = RunOutcome.allCases.map { ($0, RunEndCause?.none) } + RunEndCause.allCases.map { (.failed, $0) }
            var told: [(run: JSON, end: RunFinished)] = []
            for (outcome, cause) in ends {
                let run = try await registry.startRun(try await registry.makeConnectedProvider())
                var end = TestRegistry.end(of: run, outcome, because: cause, current: 7)
                end.reasons = ["this is \(outcome), because of \(cause?.rawValue ?? "nothing")"]
                told.append((run, end))
            }
            // The first news of a group wait for its first assignment.
            let warming = try await registry.startRun(try await registry.makeConnectedProvider())
            try await tell([(warming, TestRegistry.end(of: warming))], registry, namespace)
            try await eventually("the stage reads") {
                try await registry.run(warming)["state"] == "finished"
            }
            let start = ContinuousClock.now
            try await tell(told, registry, namespace)
            for (run, end) in told {
                try await eventually(within: .seconds(10) - (.now - start), "the end of \(end.reasons)") {
                    try await registry.run(run)["state"] == "finished"
                }
                let seen = try await registry.run(run)
                #expect(seen["outcome"].string == end.outcome.rawValue)
                #expect(seen["reasons"] == [.string(end.reasons[0])])
                #expect(seen["endCause"].string == end.cause?.rawValue)
                let isRestarted = [.mappingChanged, .epochPassed, .epochTaken].contains(end.cause)
                #expect((seen["restartedAs"] != .null) == isRestarted, "\(end.reasons)")
                guard isRestarted else { continue }
                #expect(try await registry.run(["id": seen["restartedAs"]])["epoch"] == 8)
            }
        }
    }

    @Test("a run that is cancelled is asked to end, and is over when the writer says so")
    func cancelled() async throws {
        try await withService { registry, namespace in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            _ = try await records(1, of: TopicCatalogue.commands, namespace)
            #expect(try await registry.send(.post, "runs/\(run["id"].string ?? "")/cancel").status == 202)
            let commands = try await records(2, of: TopicCatalogue.commands, namespace)
            #expect(commands.last?.header("ce_type") == CancelRun.type.rawValue)
            #expect(commands.last?.header("ce_runid") == run["id"].string)
            try await tell([(run, TestRegistry.end(of: run, .cancelled))], registry, namespace)
            try await eventually("the run is over") {
                try await registry.run(run)["outcome"] == "cancelled"
            }
        }
    }

    @Test("a run that nobody answers ends, too, and a deletion is asked for until somebody does")
    func unanswered() async throws {
        try await withService({ $0.watchdog = .init(silence: .seconds(2), patience: .seconds(1)) }) { registry, names in
            let run = try await registry.startRun(try await registry.makeConnectedProvider())
            let deleted = try await registry.makeConnectedProvider()
            _ = try await registry.deleteProvider(deleted)
            try await eventually("the run is over") {
                try await registry.run(run)["state"] == "finished"
            }
            #expect(try await registry.run(run)["endCause"] == "unanswered")
            let deletion = try await registry.send(.get, "idps/\(deleted)/runs")["items"][0]
            #expect(deletion["state"] == "requested")
            let commands = try await records(4, of: TopicCatalogue.commands, names)
            let aboutRun = commands.filter { $0.header("ce_runid") == run["id"].string }
            #expect(aboutRun.map { $0.header("ce_type") } == [RunSync.type.rawValue, CancelRun.type.rawValue])
            #expect(commands.filter { $0.header("ce_idpid") == deleted.description }.count >= 2)
        }
    }

    /// Tells of the ends of runs as the writer would.
    private func tell(
        _ ends: [(run: JSON, end: RunFinished)],
        _ registry: TestRegistry,
        _ namespace: TopicNamespace
    ) async throws {
        let producer = try Producer(settings: Broker.settings, logger: TestRegistry.quiet)
        var outgoing: [OutgoingRecord] = []
        for (run, end) in ends {
            let record = try await registry.record(end, of: run)
            outgoing.append(
                OutgoingRecord(
                    topic: namespace.name(of: TopicCatalogue.progress),
                    key: run["idpID"].string,
                    value: record.value,
                    headers: record.headers
                )
            )
        }
        _ = try await producer.send(outgoing)
    }

    /// Runs a test against the services as they are, with topics and a database of their own.
    private func withService(
        _ adjust: (inout Settings) -> Void = { _ in },
        _ test: @escaping @Sendable (TestRegistry, TopicNamespace) async throws -> Void
    ) async throws {
        try await withTestDatabase { database, url in
            let namespace = try #require(TopicNamespace(Broker.uniqueName("registry") + "."))
            try await withTopics(namespace) {
                var settings = TestRegistry.settings(url)
                settings.stage.namespace = namespace
                settings.port = 0
                adjust(&settings)
                let fixed = settings
                let context = ProgramContext(name: "idp-registry", instanceID: "1", logger: TestRegistry.quiet)
                let services = try await Services.make(fixed, context)
                try await running(services) {
                    let components = try TestRegistry.components(fixed, database)
                    try await withClient(components, fixed) { try await test($0, namespace) }
                }
            }
        }
    }

    private func records(_ count: Int, of topic: Topic, _ namespace: TopicNamespace) async throws -> [Record] {
        let reader = try BroadcastConsumer(
            topics: [namespace.name(of: topic)],
            from: .beginning,
            settings: Broker.settings,
            logger: TestRegistry.quiet
        )
        let found = Mutex<[Record]>([])
        try await eventually("\(count) records on \(topic.name)") {
            let records = try await reader.next(upTo: 100, patience: .milliseconds(100))
            return found.withLock { found in
                found += records
                return found.count >= count
            }
        }
        try await reader.close()
        return found.withLock { $0 }
    }

    private func running(_ services: [any Service], _ body: @escaping @Sendable () async throws -> Void) async throws {
        let group = ServiceGroup(services: services, logger: TestRegistry.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func withTopics(_ namespace: TopicNamespace, _ body: () async throws -> Void) async throws {
        let admin = try Admin(settings: Broker.settings, logger: TestRegistry.quiet)
        let topics = [
            TopicCatalogue.configuration, TopicCatalogue.clients, TopicCatalogue.commands, TopicCatalogue.progress,
        ]
        let names = topics.map(namespace.name(of:))
        try await admin.createAndAwaitLeaders(
            topics.map { $0.specification(in: namespace, partitions: 2, durability: .singleBroker) }
        )
        do {
            try await body()
            try await admin.delete(afterUse: names)
        } catch {
            try? await admin.delete(afterUse: names)
            throw error
        }
    }
}
