import Kafka
import Pipeline
import Postgres

/// `verifier.partition_offsets`: how far the projection has read, kept beside the principals.
///
/// The group's commits would go on where they are after the database was restored from a backup or emptied, and what was
/// told in between would be lost in silence: so reading starts here (architecture.md §4, invariant 1).
enum ProjectionPositions {
    /// Where each partition goes on: at its beginning where nothing is stored, or another log was declared.
    static func starts(
        of partitions: [AssignedPartition],
        on connection: isolated Connection
    ) throws -> [TopicPartition: Offset] {
        var starts: [TopicPartition: Offset] = [:]
        for assigned in partitions {
            let partition = assigned.partition
            if assigned.startsAnew {
                try connection.run(
                    """
                    delete from verifier.partition_offsets
                    where topic = \(partition.topic) and partition = \(partition.partition)
                    """
                )
            }
            let rows = try connection.run(
                """
                select next_offset from verifier.partition_offsets
                where topic = \(partition.topic) and partition = \(partition.partition)
                """
            )
            starts[partition] = try rows.first.map { .at(try $0.decode(Int64.self)) } ?? .beginning
        }
        return starts
    }

    /// Moves a partition past a record, in the transaction that applies it or passes it over. Never back: who was
    /// paused meanwhile comes late.
    static func move(past position: Position, on connection: isolated Connection) throws {
        try connection.run(
            """
            insert into verifier.partition_offsets as stored (topic, partition, next_offset)
            values (\(position.topic), \(position.partition), \(position.offset + 1))
            on conflict (topic, partition)
                do update set next_offset = greatest(stored.next_offset, excluded.next_offset)
            """
        )
    }
}
