import Failures
import FoundationEssentials
import Kafka
import Logging
import Messages
import Outbox
import Pipeline
import Postgres
import Rebuild

/// The directory as `directory.records.v1` tells it from its beginning, in a schema beside the live one.
///
/// The same intake fills it, by connections of that schema. Nobody hears of it: no credit is reported, and what the intake
/// puts into that schema's outbox is thrown away.
struct RebuiltDirectory: RebuiltTables {
    static let schema = "directory_rebuilt"

    private let attempt: RebuildAttempt
    private let database: Database
    private let intake: DirectoryIntake
    /// The partitions that were met, and whether their beginning is lost.
    private var partitions: [TopicPartition: Bool] = [:]
    /// Of whom the log may have told before its beginning.
    private(set) var trimmed: Set<IdentityProviderID> = []

    /// - Parameter database: Connections of ``schema``.
    init(
        _ attempt: RebuildAttempt,
        in database: Database,
        namespace: TopicNamespace,
        historyDays: Int,
        logger: Logger
    ) {
        self.attempt = attempt
        self.database = database
        var logger = logger
        logger[metadataKey: "rebuild"] = "\(attempt.id)"
        intake = DirectoryIntake(
            database: database,
            publishing: ChangePublishing(
                outbox: Outbox(schema: Self.schema),
                namespace: namespace,
                source: "directory-writer/rebuild"
            ),
            historyDays: historyDays,
            credit: nil,
            rebuilding: attempt,
            logger: logger,
            afterCommit: {}
        )
    }

    /// Takes records in their order.
    ///
    /// - Throws: `PostgresError`, ``RebuildAttempt/Overtaken``.
    mutating func take(_ records: [Record]) async throws {
        var wanted: [TopicPartition: [Record]] = [:]
        for record in records {
            let partition = record.position.topicPartition
            let isTrimmed = try await meet(partition, at: record.position.offset)
            if isWanted(record, isTrimmed: isTrimmed) { wanted[partition, default: []].append(record) }
        }
        for (partition, records) in wanted.sorted(by: { $0.key < $1.key }) {
            try await handle(records[...], of: partition)
        }
        if !wanted.isEmpty { try await database.run("truncate outbox") }
    }

    /// - Returns: Whether the partition's beginning is lost.
    private mutating func meet(_ partition: TopicPartition, at offset: Int64) async throws -> Bool {
        if let isTrimmed = partitions[partition] { return isTrimmed }
        _ = try await intake.assigned([AssignedPartition(partition, low: offset)])
        partitions[partition] = offset > 0
        return offset > 0
    }

    private mutating func isWanted(_ record: Record, isTrimmed: Bool) -> Bool {
        // What has no envelope says nothing of anybody.
        guard let envelope = try? Envelope(reading: record.header) else { return attempt.identityProvider == nil }
        let id = envelope.identityProvider
        if let wanted = attempt.identityProvider, wanted != id { return false }
        if isTrimmed { trimmed.insert(id) }
        return true
    }

    /// As a stage does it: what fails for good is divided until the one record is found, which is passed over.
    private func handle(_ records: ArraySlice<Record>, of partition: TopicPartition) async throws {
        guard let first = records.first else { return }
        do {
            _ = try await intake.handle(PartitionBatch(partition: partition, records: Array(records)))
        } catch  where FailureClass(of: error) == .permanent && !Task.isCancelled {
            guard records.count > 1 else { return try await passOver(first, because: error) }
            let middle = records.startIndex + records.count / 2
            try await handle(records[..<middle], of: partition)
            try await handle(records[middle...], of: partition)
        }
    }

    private func passOver(_ record: Record, because error: any Error) async throws {
        let rejection = Rejection(record: record, failure: error)
        let letter = DeadLetters.letter(rejection, stage: DirectoryIntake.stage)
        _ = try await intake.passOver(rejection, letter: letter)
    }
}

extension RebuiltDirectory {
    /// Makes the tables, where they are not there yet, in as many partitions as the live ones.
    ///
    /// - Parameter database: Connections of ``schema``.
    /// - Throws: `PostgresError`, as where the role may not make the schema.
    static func makeTables(in database: Database) async throws {
        let live = try await database.run(
            "select count(*) from pg_inherits where inhparent = 'directory.users'::regclass"
        )
        try await Migrator(
            schema: schema,
            migrations: DirectorySchema.migrations(of: schema),
            partitions: try live[0].decode(Int.self)
        ).run(on: database)
    }

    /// Empties the tables, if they are there.
    static func empty(on connection: isolated Connection) throws {
        let found = try connection.run("select to_regclass('directory_rebuilt.rebuild_results') is not null")
        guard try found[0].decode(Bool.self) else { return }
        try connection.run(
            """
            truncate directory_rebuilt.partition_offsets, directory_rebuilt.sources, directory_rebuilt.runs,
                directory_rebuilt.departments, directory_rebuilt.users, directory_rebuilt.former_users,
                directory_rebuilt.memberships, directory_rebuilt.pages, directory_rebuilt.missing,
                directory_rebuilt.losses, directory_rebuilt.copies, directory_rebuilt.run_objects,
                directory_rebuilt.deleted_objects, directory_rebuilt.planned_parts, directory_rebuilt.plans,
                directory_rebuilt.plan_objects, directory_rebuilt.outbox
            """
        )
        // As in a later life: an identity provider is whole only once a run has shown everybody.
        try connection.run("update directory_rebuilt.incarnation set is_first = false")
    }
}
