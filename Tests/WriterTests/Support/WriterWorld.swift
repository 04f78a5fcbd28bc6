import Foundation
import Kafka
import KafkaTesting
import Logging
import Messages
import Outbox
import Pipeline
import Postgres
import PostgresTesting
import Sealing
import ServiceLifecycle
import Testing

@testable import Writer

/// A writer's surroundings: a database of its own, and a broker in memory for the configurations.
struct WriterWorld: Sendable {
    static var isAvailable: Bool { TestDatabase.isAvailable }

    let database: Database
    let producer: Producer
    let configurations: ConfigurationTable
    let publishing = ChangePublishing(
        outbox: Outbox(schema: DirectorySchema.name),
        namespace: .none,
        source: "directory-writer/test"
    )
    private let cluster: MockCluster

    /// Makes the surroundings, and takes them down after `body`.
    static func with(_ body: @Sendable (WriterWorld) async throws -> Void) async throws {
        let cluster = MockCluster()
        for topic in [TopicCatalogue.configuration, TopicCatalogue.progress] {
            try cluster.createTopic(TopicNamespace.none.name(of: topic))
        }
        let settings = StageSettings(kafka: cluster.settings)
        let table = ConfigurationTable(settings: settings, logger: Broker.quiet)
        let producer = try Producer(settings: cluster.settings, logger: Broker.quiet)
        try await withTestDatabase { database, _ in
            let world = WriterWorld(
                database: database,
                producer: producer,
                configurations: table,
                cluster: cluster
            )
            try await Migrator(schema: DirectorySchema.name, migrations: DirectorySchema.migrations).run(on: database)
            let group = ServiceGroup(services: [table], logger: Broker.quiet)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await table.waitUntilCurrent()
                try await body(world)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    private init(database: Database, producer: Producer, configurations: ConfigurationTable, cluster: MockCluster) {
        self.database = database
        self.producer = producer
        self.configurations = configurations
        self.cluster = cluster
    }

    /// A writer that has just started: it knows nothing but what the database says.
    func intake() -> DirectoryIntake {
        DirectoryIntake(
            database: database,
            publishing: publishing,
            configurations: configurations,
            credit: CreditReporting(producer: producer, publishing: publishing),
            logger: Broker.quiet,
            afterCommit: {}
        )
    }

    /// A writer that has just taken on the partition of `log`.
    func assignedIntake() async throws -> DirectoryIntake {
        let intake = intake()
        _ = try await intake.assigned([AssignedPartition(RunLog.partition)])
        return intake
    }

    /// Publishes an identity provider's configuration, and waits until it is known.
    func configure(_ source: Source, revision: Int64 = 1, limits: SafetyLimits = SafetyLimits()) async throws {
        let configuration = IdentityProviderConfiguration(
            id: source.id,
            tenant: source.tenant,
            enterpriseID: .make(),
            revision: Revision(rawValue: revision),
            name: try IdentityProviderName("wecom"),
            description: "WeCom",
            safetyLimits: limits,
            authorization: .authorized,
            connection: try source.connection()
        )
        let envelope = Envelope(
            type: IdentityProviderConfiguration.type,
            source: "test",
            tenant: source.tenant,
            identityProvider: source.id
        )
        _ = try await producer.send(OutgoingRecord(configuration, envelope: envelope, in: .none))
        let number = Revision(rawValue: revision)
        _ = try await configurations.wait(for: source.id, revision: number, within: .seconds(20))
    }

    /// Publishes that an identity provider was deleted, and waits until it is known.
    func delete(_ source: Source) async throws {
        _ = try await producer.send(OutgoingRecord(deleting: source.id, in: .none))
        try await eventually(within: .seconds(20), "the tombstone") {
            configurations.configuration(source.id) == nil
        }
    }

    /// How far the writer has said that it is, oldest first, once it has said so often.
    func progress(_ count: Int) async throws -> [IncomingMessage] {
        let reader = try BroadcastConsumer(
            topics: [TopicCatalogue.progress.name],
            from: .beginning,
            settings: cluster.settings,
            logger: Broker.quiet
        )
        var records: [Record] = []
        try await eventually(within: .seconds(20), "\(count) messages of progress") {
            records += try await reader.poll(upTo: 100, patience: .milliseconds(100))
            return records.count >= count
        }
        try await reader.close()
        return try records.map { try IncomingMessage($0) }
    }

    /// A new identity provider, configured.
    func source(limits: SafetyLimits = SafetyLimits()) async throws -> Source {
        let source = Source()
        try await configure(source, limits: limits)
        return source
    }
}

/// An identity provider.
struct Source: Sendable {
    let tenant = TenantID.make()
    let id = IdentityProviderID.make()

    func connection() throws -> WeComConnection {
        WeComConnection(
            kind: .ownApp,
            corpID: "ww0123456789abcdef",
            agentID: 1,
            secret: try SealedSecret("v1.k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        )
    }

    /// The id that a person has in the directory.
    func user(_ name: String) -> UserID { UserID(of: DirectoryKey(name, isCaseSensitive: false), in: id) }
}
