import Failures
import Kafka
import Messages
import Pipeline
import Postgres
import Rebuild

/// The people as `directory.changes.v1` tells them from its beginning, in tables beside those that logons read.
///
/// The same rules as in ``PrincipalProjection``, but nobody's session ends and nothing is told. Where the log has lost its
/// beginning, an identity provider has a gap until a whole republication.
struct RebuiltPrincipals: RebuiltTables {
    let database: Database
    let attempt: RebuildAttempt
    /// The partitions that were met, and whether their beginning is lost.
    private var partitions: [TopicPartition: Bool] = [:]

    /// What is missing of an identity provider until it was told whole.
    static let lostBeginning = "the log no longer has its beginning, and it was not told whole since"

    init(_ attempt: RebuildAttempt, in database: Database) {
        self.attempt = attempt
        self.database = database
    }

    /// A record that is about whom the rebuild is about.
    private struct Item: Sendable {
        let envelope: Envelope
        /// `nil` for one that cannot be read.
        let change: ProjectedChange?
        /// Whether the log had something before it that is gone.
        let isTrimmed: Bool
    }

    /// Takes records in their order. What PostgreSQL refuses for good is passed over, and leaves a gap.
    ///
    /// - Throws: `PostgresError`, ``RebuildAttempt/Overtaken``.
    mutating func take(_ records: [Record]) async throws {
        let items = records.compactMap { item(of: $0) }
        do {
            try await write(items)
        } catch  where FailureClass(of: error) == .permanent {
            for item in items { try await writeAlone(item) }
        }
    }

    private mutating func item(of record: Record) -> Item? {
        let partition = record.position.topicPartition
        let isTrimmed = partitions[partition] ?? (record.position.offset > 0)
        partitions[partition] = isTrimmed
        // What has no envelope says of nobody that something is missing, in the live tables either.
        guard let message = try? IncomingMessage(record) else { return nil }
        if let wanted = attempt.identityProvider, message.envelope.identityProvider != wanted { return nil }
        return Item(envelope: message.envelope, change: try? ProjectedChange(message), isTrimmed: isTrimmed)
    }

    private func write(_ items: [Item]) async throws {
        guard !items.isEmpty else { return }
        let attempt = attempt
        try await database.transaction { connection in
            try attempt.hold(on: connection)
            for item in items { try Self.follow(item, on: connection) }
        }
    }

    private func writeAlone(_ item: Item) async throws {
        do {
            try await write([item])
        } catch  where FailureClass(of: error) == .permanent {
            try await write([Item(envelope: item.envelope, change: nil, isTrimmed: item.isTrimmed)])
        }
    }

    private static func follow(_ item: Item, on connection: isolated Connection) throws {
        guard let change = item.change else { return try passOver(item, on: connection) }
        let (envelope, message, idp) = (item.envelope, change.message, item.envelope.identityProvider)
        let held = try ProjectionStore.lock(
            idp,
            of: envelope.tenant,
            first: message.incarnation,
            in: .rebuilt,
            on: connection
        )
        // Nobody takes another tenant's word, here or in the live tables.
        guard let old = held else { return }
        var state = old
        if item.isTrimmed, old.place == .start {
            state = ProjectionState(incarnation: old.incarnation, gap: lostBeginning)
        }
        let step = state.take(message, of: change.epoch)
        try ProjectionStore.keep(state, insteadOf: old, of: idp, in: .rebuilt, on: connection)
        guard step == .apply || step == .complete else { return }
        let writing = PrincipalWriting(
            envelope: envelope,
            trace: envelope.trace,
            generation: message.generation,
            republication: state.republication,
            tables: .rebuilt
        )
        _ = try writing.write(ProjectedBatch(message.users, message.userIDCase), on: connection)
        if step == .complete { _ = try writing.deleteUnseen(on: connection) }
    }

    private static func passOver(_ item: Item, on connection: isolated Connection) throws {
        let idp = item.envelope.identityProvider
        let held = try ProjectionStore.lock(idp, of: item.envelope.tenant, in: .rebuilt, on: connection)
        guard let old = held else { return }
        var state = old
        state.passOver()
        try ProjectionStore.keep(state, insteadOf: old, of: idp, in: .rebuilt, on: connection)
    }
}
