import FoundationEssentials
import Kafka
import Messages
import Postgres

/// Reads back how far partitions and identity providers have come.
struct SourceStore: Sendable {
    let database: Database

    /// Where each partition goes on: the next offset, and the offset to start reading from, which is
    /// earlier where a run is under way, whose messages must be seen again.
    ///
    /// - Throws: ``PostgresError``.
    func resumption(of partition: TopicPartition) async throws -> (next: Int64, start: Int64) {
        let rows = try await database.run(
            """
            select p.next_offset, coalesce(least(p.next_offset, (
                select min(r.start_offset) from directory.runs r
                where r.topic = p.topic and r.partition = p.partition and r.outcome is null
            )), p.next_offset)
            from directory.partition_offsets p
            where p.topic = \(partition.topic) and p.partition = \(partition.partition)
            """
        )
        guard let row = rows.first else { return (0, 0) }
        let (next, start) = try row.decode(Int64.self, Int64.self)
        return (next, start)
    }

    /// - Throws: ``PostgresError``.
    func source(_ id: IdentityProviderID, of tenant: TenantID) async throws -> SourceState {
        var state = SourceState(identityProvider: id, tenant: tenant)
        let rows = try await database.run(
            """
            select s.epoch, s.fence, s.finished_epoch, r.start_offset, r.counts::text
            from directory.sources s
            left join directory.runs r on r.idp_id = s.idp_id and r.epoch = s.epoch and r.outcome is null
            where s.idp_id = \(id.uuid)
            """
        )
        guard let row = rows.first else { return state }
        let (epoch, fence, finished, start, counts) = try row.decode(
            Int64.self,
            Int64.self,
            Int64.self,
            Int64?.self,
            String?.self
        )
        state.position = RunPosition(epoch: Epoch(rawValue: epoch), fence: Fence(rawValue: fence))
        state.finishedEpoch = Epoch(rawValue: finished)
        state.isStored = true
        if let start {
            state.interrupted = SourceState.InterruptedRun(startOffset: start, counts: RunCounts(stored: counts ?? ""))
        }
        return state
    }
}
