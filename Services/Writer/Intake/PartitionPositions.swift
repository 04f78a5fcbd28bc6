import FoundationEssentials
import Kafka
import Messages
import Pipeline
import Postgres

/// Where partitions go on, by the database's own account of them.
struct PartitionPositions: Sendable {
    let publishing: ChangePublishing

    /// Where a partition goes on.
    struct Resumption: Equatable {
        /// The next offset that the database does not have yet.
        let next: Int64
        /// Where to start reading: earlier where a run is under way, whose messages must be seen again.
        let start: Int64
    }

    /// Where partitions go on, and the directory's new life if it has begun one.
    struct Resumptions {
        var byPartition: [TopicPartition: Resumption] = [:]
        var newIncarnation: Incarnation?
    }

    /// Takes partitions on.
    ///
    /// The group's commit follows the database's. A database that is behind it was restored from a backup or is being
    /// rebuilt: a new life of the directory begins, in which nothing is told of a partition's identity providers until
    /// they have come as far as they were (architecture.md §4, invariant 2). That is noticed once, as `catch_up_to`
    /// remembers it in the transaction that draws the incarnation.
    ///
    /// - Throws: ``PostgresError``.
    func resume(_ partitions: [AssignedPartition], on connection: isolated Connection) throws -> Resumptions {
        var resumptions = Resumptions()
        var isBehind = false
        for assigned in partitions.sorted(by: { $0.partition < $1.partition }) {
            if assigned.startsAnew {
                try startAnew(assigned.partition, on: connection)
            } else if try noteCommit(of: assigned, on: connection) {
                isBehind = true
            }
            let lost = assigned.startsAnew ? Int64.max : assigned.low
            try abandonRuns(of: assigned.partition, begunBefore: lost, on: connection)
            resumptions.byPartition[assigned.partition] = try resumption(of: assigned.partition, on: connection)
        }
        if isBehind {
            let incarnation = Incarnation.make()
            try connection.run("update incarnation set id = \(incarnation.uuid), is_first = false")
            resumptions.newIncarnation = incarnation
        }
        return resumptions
    }

    /// - Returns: Whether the database is behind the group's commit, and was not known to be.
    private func noteCommit(of assigned: AssignedPartition, on connection: isolated Connection) throws -> Bool {
        let partition = assigned.partition
        // A commit beyond the log's end is one of another log.
        guard let committed = assigned.committed, committed > 0, committed <= assigned.high else { return false }
        let rows = try connection.run(
            """
            insert into partition_offsets as present (topic, partition, next_offset, catch_up_to)
            values (\(partition.topic), \(partition.partition), 0, \(committed))
            on conflict (topic, partition) do update set catch_up_to = excluded.catch_up_to
            where present.next_offset < excluded.catch_up_to and present.catch_up_to < excluded.catch_up_to
            returning next_offset
            """
        )
        guard !rows.isEmpty else { return false }
        if assigned.low >= committed {
            // What it lacks is not in the log any more: there is nothing to wait for.
            try connection.run(
                """
                update partition_offsets set next_offset = \(assigned.low)
                where topic = \(partition.topic) and partition = \(partition.partition)
                """
            )
        }
        return true
    }

    /// The log is another one: its messages count from 0.
    private func startAnew(_ partition: TopicPartition, on connection: isolated Connection) throws {
        try connection.run(
            """
            insert into partition_offsets (topic, partition, next_offset)
            values (\(partition.topic), \(partition.partition), 0)
            on conflict (topic, partition) do update set next_offset = 0, catch_up_to = 0
            """
        )
    }

    /// Ends runs whose messages are not in the log any more, and those that began behind where the partition goes on, as
    /// after its position was taken back: nobody can go on with them.
    private func abandonRuns(
        of partition: TopicPartition,
        begunBefore offset: Int64,
        on connection: isolated Connection
    ) throws {
        let rows = try connection.run(
            """
            select idp_id, epoch from runs
            where topic = \(partition.topic) and partition = \(partition.partition) and outcome is null
                and (start_offset < \(offset) and (asked is null or \(offset) = \(Int64.max)::bigint)
                    or asked is null and start_offset >= (
                        select coalesce(max(p.next_offset), 0) from partition_offsets p
                        where p.topic = \(partition.topic) and p.partition = \(partition.partition)))
            order by idp_id
            """
        )
        for row in rows {
            let (id, epoch) = try row.decode(UUID.self, Int64.self)
            try abandonRun(at: Epoch(rawValue: epoch), of: IdentityProviderID(id), on: connection)
        }
    }

    /// Ends a run, if it has not ended, that nobody can go on with, and tells that.
    ///
    /// - Throws: ``PostgresError``.
    func abandonRun(at epoch: Epoch, of id: IdentityProviderID, on connection: isolated Connection) throws {
        var end = RunEnd.unreadable("the log does not go on where the run left off.")
        let rows = try connection.run(
            """
            with ended as (
                update runs set outcome = \(end.outcome.rawValue), reasons = \(try jsonText(end.reasons))::jsonb,
                    cause = \(end.cause?.rawValue)
                where idp_id = \(id.uuid) and epoch = \(epoch.rawValue) and outcome is null
                returning run_id, counts
            )
            update sources s set finished_epoch = \(epoch.rawValue) from ended where s.idp_id = \(id.uuid)
            returning s.tenant_id, ended.run_id, ended.counts::text
            """
        )
        for row in rows {
            let (tenant, run, counts) = try row.decode(UUID.self, UUID.self, String.self)
            end.counts = RunCounts(stored: counts)
            let envelope = Envelope(
                type: RunFinished.type,
                source: publishing.source,
                tenant: TenantID(tenant),
                identityProvider: id,
                run: RunID(run),
                position: RunPosition(epoch: epoch, fence: Fence(rawValue: 0))
            )
            try publishing.publish(end.told(currentEpoch: epoch), from: envelope, on: connection)
        }
    }

    private func resumption(
        of partition: TopicPartition,
        on connection: isolated Connection
    ) throws -> Resumption {
        let rows = try connection.run(
            """
            select p.next_offset, coalesce(least(p.next_offset, (
                select min(r.start_offset) from runs r
                where r.topic = p.topic and r.partition = p.partition and r.outcome is null and r.asked is null
            )), p.next_offset)
            from partition_offsets p
            where p.topic = \(partition.topic) and p.partition = \(partition.partition)
            """
        )
        guard let row = rows.first else { return Resumption(next: 0, start: 0) }
        let (next, start) = try row.decode(Int64.self, Int64.self)
        return Resumption(next: next, start: start)
    }
}

/// The JSON that a `jsonb` column takes.
func jsonText(_ value: some Encodable) throws -> String {
    String(decoding: try MessageJSON.encoder.encode(value), as: UTF8.self)
}
