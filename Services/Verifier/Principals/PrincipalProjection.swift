import FoundationEssentials
import Kafka
import Logging
import Messages
import Outbox
import Pipeline
import Postgres

/// Keeps `verifier.principals` as `directory.changes.v1` tells it.
///
/// Each identity provider's position, the (epoch, sequence) of the last batch applied, lies beside its principals and
/// moves in the same transaction. A batch that is not beyond it is skipped whole, so a replay is harmless and no older
/// state comes back (architecture.md §4).
struct PrincipalProjection: StageHandler {
    let database: Database
    let sessions: SessionStore
    let configurations: ConfigurationTable
    let logger: Logger

    /// One message, read.
    private struct Change: Sendable {
        let record: Record
        let envelope: Envelope
        let position: RunPosition
        let message: DirectoryChanges

        init(_ incoming: IncomingMessage) throws {
            guard let position = incoming.envelope.position else {
                throw incoming.undecodable("the header ce_epoch is missing")
            }
            record = incoming.record
            envelope = incoming.envelope
            self.position = position
            message = try incoming.decode(DirectoryChanges.self)
        }
    }

    /// Applies the records in one transaction; should PostgreSQL refuse one of them for good, each in its own, so that
    /// it alone is rejected.
    func handle(_ batch: PartitionBatch) async throws -> [Rejection] {
        let (readable, rejected) = batch.messages()
        let changes = try readable.map { try Change($0) }
        guard !changes.isEmpty else { return rejected }
        do {
            try await apply(changes)
            return rejected
        } catch let error as PostgresError where Self.isRefusal(error) {
            logger.warning("a batch of changes was refused", metadata: ["reason": "\(error)"])
            return try await rejected + applyOneByOne(changes)
        }
    }

    /// Whether the data are at fault: PostgreSQL's classes 21 to 23 (cardinality, values, constraints).
    private static func isRefusal(_ error: PostgresError) -> Bool {
        ["21", "22", "23"].contains(error.code.rawValue.prefix(2))
    }

    private func applyOneByOne(_ changes: [Change]) async throws -> [Rejection] {
        var rejections: [Rejection] = []
        for change in changes {
            do {
                try await apply([change])
            } catch let error as PostgresError where Self.isRefusal(error) {
                rejections.append(Rejection(record: change.record, reason: "\(error)"))
            }
        }
        return rejections
    }

    private func apply(_ changes: [Change]) async throws {
        let count = try await database.transaction { connection in
            let ended = try changes.map { try apply($0, on: connection) }
            for (change, ended) in zip(changes, ended) {
                try sessions.tell(
                    ended,
                    in: change.envelope.identityProvider,
                    because: .userDisabled,
                    trace: change.envelope.trace.child(),
                    on: connection
                )
            }
            return ended.reduce(0) { $0 + $1.count }
        }
        guard count > 0 else { return }
        sessions.announce()
        logger.info("sessions of people who may no longer log on ended", metadata: ["count": "\(count)"])
    }

    /// - Returns: The sessions that ended.
    private func apply(_ change: Change, on connection: isolated Connection) throws -> [SessionStore.Ended] {
        let idp = change.envelope.identityProvider
        guard try advance(idp, to: change, on: connection) else { return [] }
        let wecom = configurations.configuration(idp)?.connection
        let batch = ProjectedBatch(change.message.users) { $0.key(in: idp, connection: wecom) }
        try PrincipalWriting.write(batch, of: change.envelope, on: connection)
        return try SessionStore.end(of: batch.shutOut.map { UserID($0) }, in: idp, on: connection)
    }

    /// Moves the identity provider's position.
    ///
    /// - Returns: Whether the batch is beyond it.
    private func advance(
        _ idp: IdentityProviderID,
        to change: Change,
        on connection: isolated Connection
    ) throws -> Bool {
        let moved = try connection.run(
            """
            insert into verifier.projection as stored (idp_id, epoch, sequence)
            values (\(idp.uuid), \(change.position.epoch.rawValue), \(change.message.sequence))
            on conflict (idp_id) do update set epoch = excluded.epoch, sequence = excluded.sequence
            where (stored.epoch, stored.sequence) < (excluded.epoch, excluded.sequence)
            returning 1
            """
        )
        return !moved.isEmpty
    }
}
