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

        /// Where the message stands among those of its identity provider.
        var place: Place { Place(epoch: position.epoch.rawValue, sequence: message.sequence) }

        /// Whether it can be applied together with others of its kind: nobody is gone, and nobody is shut out.
        var isOfNewPeople: Bool { message.users.allSatisfy { $0.kind == .created && $0.isEnabled } }
    }

    private struct Place: Comparable {
        let epoch: Int64
        let sequence: Int64

        static func < (left: Place, right: Place) -> Bool {
            (left.epoch, left.sequence) < (right.epoch, right.sequence)
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
        let parts = Self.together(changes)
        let count = try await database.transaction { connection in
            let ended = try parts.map { try apply($0, on: connection) }
            for (part, ended) in zip(parts, ended) {
                let envelope = part[0].envelope
                try sessions.tell(
                    ended,
                    in: envelope.identityProvider,
                    because: .userDisabled,
                    trace: envelope.trace.child(),
                    on: connection
                )
            }
            return ended.reduce(0) { $0 + $1.count }
        }
        guard count > 0 else { return }
        sessions.announce()
        logger.info("sessions of people who may no longer log on ended", metadata: ["count": "\(count)"])
    }

    /// The changes in their order, those side by side that can be applied at once: the more new people there are, the
    /// closer together they lie in the indexes.
    private static func together(_ changes: [Change]) -> [[Change]] {
        var parts: [[Change]] = []
        for change in changes {
            if let last = parts.last?.last, last.isOfNewPeople, change.isOfNewPeople,
                last.envelope.identityProvider == change.envelope.identityProvider
            {
                parts[parts.count - 1].append(change)
            } else {
                parts.append([change])
            }
        }
        return parts
    }

    /// - Parameter changes: Of one identity provider, one at least.
    /// - Returns: The sessions that ended.
    private func apply(_ changes: [Change], on connection: isolated Connection) throws -> [SessionStore.Ended] {
        let idp = changes[0].envelope.identityProvider
        let new = try advance(idp, by: changes, on: connection)
        guard let envelope = new.last?.envelope else { return [] }
        let wecom = configurations.configuration(idp)?.connection
        let batch = ProjectedBatch(new.flatMap(\.message.users)) { $0.key(in: idp, connection: wecom) }
        try PrincipalWriting.write(batch, of: envelope, on: connection)
        return try SessionStore.end(of: batch.shutOut.map { UserID($0) }, in: idp, on: connection)
    }

    /// Moves the identity provider's position.
    ///
    /// - Returns: The changes that are beyond it.
    private func advance(
        _ idp: IdentityProviderID,
        by changes: [Change],
        on connection: isolated Connection
    ) throws -> [Change] {
        // Updates nothing, but holds the row until the end.
        let held = try connection.run(
            """
            insert into verifier.projection as stored (idp_id, epoch, sequence) values (\(idp.uuid), 0, 0)
            on conflict (idp_id) do update set epoch = stored.epoch returning epoch, sequence
            """
        )
        let (epoch, sequence) = try held[0].decode(Int64.self, Int64.self)
        var place = Place(epoch: epoch, sequence: sequence)
        var new: [Change] = []
        for change in changes where change.place > place {
            place = change.place
            new.append(change)
        }
        guard !new.isEmpty else { return [] }
        try connection.run(
            """
            update verifier.projection set epoch = \(place.epoch), sequence = \(place.sequence)
            where idp_id = \(idp.uuid)
            """
        )
        return new
    }
}
