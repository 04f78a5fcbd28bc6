import Foundation
import Kafka
import KafkaTesting
import Logging
import Messages
import Outbox
import Pipeline
import Postgres
import PostgresTesting
import Testing

@testable import Writer

/// A writer's surroundings: a database of its own, and a broker in memory that is told of progress.
struct WriterWorld: Sendable {
    static var isAvailable: Bool { TestDatabase.isAvailable }

    let database: Database
    /// The schema beside it in which a directory is rebuilt.
    let rebuilt: Database
    let producer: Producer
    let publishing = ChangePublishing(
        outbox: Outbox(schema: DirectorySchema.name),
        namespace: .none,
        source: "directory-writer/test"
    )
    let cluster: MockCluster

    /// Makes the surroundings, and takes them down after `body`.
    ///
    /// - Parameter partitions: Few, as each takes time to make.
    static func with(partitions: Int = 2, _ body: @Sendable (WriterWorld) async throws -> Void) async throws {
        let cluster = MockCluster()
        try cluster.createTopic(TopicNamespace.none.name(of: TopicCatalogue.progress))
        let producer = try Producer(settings: cluster.settings, logger: Broker.quiet)
        try await withTestDatabase { _, url in
            let database = DirectorySchema.database(url: url, connections: 4, logger: TestDatabase.quietLogger)
            let rebuilt = Database(
                url: url,
                schema: RebuiltDirectory.schema,
                connections: 2,
                logger: TestDatabase.quietLogger
            )
            let world = WriterWorld(database: database, rebuilt: rebuilt, producer: producer, cluster: cluster)
            try await Migrator(
                schema: DirectorySchema.name,
                migrations: DirectorySchema.migrations,
                partitions: partitions
            ).run(on: database)
            try await body(world)
        }
    }

    private init(database: Database, rebuilt: Database, producer: Producer, cluster: MockCluster) {
        self.database = database
        self.rebuilt = rebuilt
        self.producer = producer
        self.cluster = cluster
    }

    /// A writer that has just started: it knows nothing but what the database says.
    func intake(mostPlanned: Int = PlanWriting.mostObjects) -> DirectoryIntake {
        DirectoryIntake(
            database: database,
            publishing: publishing,
            historyDays: 180,
            mostPlanned: mostPlanned,
            credit: CreditReporting(producer: producer, publishing: publishing),
            logger: Broker.quiet,
            afterCommit: {}
        )
    }

    /// A writer that has just taken on the partition of `log`.
    func assignedIntake(mostPlanned: Int = PlanWriting.mostObjects) async throws -> DirectoryIntake {
        let intake = intake(mostPlanned: mostPlanned)
        _ = try await intake.assigned([AssignedPartition(RunLog.partition)])
        return intake
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
        try await eventually("\(count) messages of progress") {
            records += try await reader.next(upTo: 100, patience: .milliseconds(100))
            return records.count >= count
        }
        try await reader.close()
        return try records.map { try IncomingMessage($0) }
    }
}

/// An identity provider.
struct Source: Sendable {
    let tenant = TenantID.make()
    var id = IdentityProviderID.make()
    /// The terms of its runs, where a run has no others.
    var terms = RunTerms()

    init(limits: SafetyLimits = SafetyLimits()) { terms.safetyLimits = limits }

    /// The id that a person has in the directory.
    func user(_ name: String, _ generation: Generation = .first) -> UserID {
        UserID(of: DirectoryKey(name, isCaseSensitive: false), in: id, generation)
    }
}
