import FoundationEssentials
import Kafka
import Messages
import Outbox
import Pipeline
import Postgres

/// Why a segment was not written: somebody else moved the partition or the identity provider on. What is
/// in memory is out of date and has to be read anew.
struct SegmentConflict: OutdatedHandlerState, CustomStringConvertible {
    /// What was found other than expected.
    let what: String

    var description: String { "\(what) was moved on by somebody else" }
}

/// Writes a segment: rows, counts, messages and the next offset, all in one transaction
/// (architecture.md §4, invariant 1).
struct SegmentWriting: Sendable {
    let publishing: ChangePublishing

    /// - Throws: ``SegmentConflict`` or ``PostgresError``; nothing has been written then.
    func write(_ segment: Segment, on connection: isolated Connection) throws {
        try advance(segment, on: connection)
        for (id, source) in segment.sources.sorted(by: { $0.key < $1.key }) {
            try claim(id, source, on: connection)
            try write(source, of: id, in: segment, on: connection)
        }
    }

    private func advance(_ segment: Segment, on connection: isolated Connection) throws {
        let rows = try connection.run(
            """
            insert into directory.partition_offsets as present (topic, partition, next_offset)
            values (\(segment.partition.topic), \(segment.partition.partition), \(segment.nextOffset))
            on conflict (topic, partition) do update set next_offset = excluded.next_offset
            where present.next_offset = \(segment.expectedOffset)
            returning next_offset
            """
        )
        guard rows.count == 1 else { throw SegmentConflict(what: "the partition \(segment.partition)") }
    }

    /// Moves the identity provider on, if it is where it was when the segment was made.
    private func claim(_ id: IdentityProviderID, _ source: SourceSegment, on connection: isolated Connection) throws {
        let position = source.position
        let isNewEpoch = position.epoch != source.before.position.epoch
        let rows: [Row]
        if source.before.isStored {
            rows = try connection.run(
                """
                update directory.sources set epoch = \(position.epoch.rawValue), fence = \(position.fence.rawValue),
                    finished_epoch = \(source.finishedEpoch.rawValue),
                    change_sequence = case when \(isNewEpoch) then 0 else change_sequence end
                where idp_id = \(id.uuid) and epoch = \(source.before.position.epoch.rawValue)
                    and fence = \(source.before.position.fence.rawValue)
                    and finished_epoch = \(source.before.finishedEpoch.rawValue)
                returning epoch
                """
            )
        } else {
            rows = try connection.run(
                """
                insert into directory.sources (idp_id, tenant_id, epoch, fence, finished_epoch)
                values (\(id.uuid), \(source.tenant.uuid), \(position.epoch.rawValue), \(position.fence.rawValue),
                    \(source.finishedEpoch.rawValue))
                on conflict do nothing returning epoch
                """
            )
        }
        guard rows.count == 1 else { throw SegmentConflict(what: "the identity provider \(id)") }
    }

    private func write(
        _ source: SourceSegment,
        of id: IdentityProviderID,
        in segment: Segment,
        on connection: isolated Connection
    ) throws {
        let envelope = envelope(of: id, source)
        if let superseded = source.superseded {
            try finishSuperseded(superseded, of: id, from: envelope, on: connection)
        }
        if let offset = source.beginsAt {
            try begin(source, of: id, at: offset, in: segment, on: connection)
        }
        var announcement = Announcement()
        if !source.run.isDryRun {
            announcement.add(
                try DepartmentWriting.write(Array(source.departments.values), of: id, in: source, on: connection)
            )
            try UserWriting.write(source.users.list, of: id, in: source, announcing: &announcement, on: connection)
            try PageWriting.write(source.pages, of: id, on: connection)
        }
        var counts = source.counts
        if let ending = source.ending {
            if !source.run.isDryRun {
                let removed = try Removing.remove(ending.removals, from: id, at: source.run.requestedAt, on: connection)
                announcement.add(removed.users)
                announcement.add(removed.departments)
                counts.users.disabled += removed.users.count
                counts.departments.disabled += removed.departments.count
                if !removed.departments.isEmpty { try PageWriting.tidy(id, on: connection) }
            }
            try finish(source, ending, counts, of: id, from: envelope, on: connection)
        } else {
            try connection.run(
                """
                update directory.runs set counts = \(try Self.json(counts))::jsonb
                where idp_id = \(id.uuid) and epoch = \(source.position.epoch.rawValue)
                """
            )
        }
        try publishing.publish(announcement, from: envelope, on: connection)
    }

    private func begin(
        _ source: SourceSegment,
        of id: IdentityProviderID,
        at offset: Int64,
        in segment: Segment,
        on connection: isolated Connection
    ) throws {
        try connection.run(
            """
            insert into directory.runs (idp_id, epoch, run_id, kind, is_dry_run, requested_at, topic, partition,
                start_offset, counts)
            values (\(id.uuid), \(source.position.epoch.rawValue), \(source.run.id.uuid), \(source.run.kind.rawValue),
                \(source.run.isDryRun), \(source.run.requestedAt.description)::timestamptz,
                \(segment.partition.topic), \(segment.partition.partition), \(offset), '{}'::jsonb)
            on conflict (idp_id, epoch) do update set start_offset = excluded.start_offset, counts = excluded.counts
            """
        )
    }

    private func finish(
        _ source: SourceSegment,
        _ ending: SourceSegment.Ending,
        _ counts: RunCounts,
        of id: IdentityProviderID,
        from envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        let reasons = ending.reasons + [ending.removals.heldBecause].compactMap(\.self)
        let outcome = ending.removals.heldBecause == nil ? ending.outcome : .held
        try connection.run(
            """
            update directory.runs set counts = \(try Self.json(counts))::jsonb, outcome = \(outcome.rawValue),
                reasons = \(try Self.json(reasons))::jsonb
            where idp_id = \(id.uuid) and epoch = \(source.position.epoch.rawValue)
            """
        )
        try connection.run(
            "update directory.sources set grace_days = \(ending.graceDays) where idp_id = \(id.uuid)"
        )
        let finished = RunFinished(
            outcome: outcome,
            counts: counts,
            reasons: reasons,
            errorCode: ending.errorCode,
            finishedAt: .now
        )
        try publishing.publish(finished, from: envelope, on: connection)
    }

    private func finishSuperseded(
        _ epoch: Epoch,
        of id: IdentityProviderID,
        from envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        let reason = "A newer run began before this one was over."
        let rows = try connection.run(
            """
            update directory.runs set outcome = \(RunOutcome.failed.rawValue), reasons = \(try Self.json([reason]))::jsonb
            where idp_id = \(id.uuid) and epoch = \(epoch.rawValue) and outcome is null returning run_id, counts::text
            """
        )
        for row in rows {
            var old = envelope
            let (run, counts) = try row.decode(UUID.self, String.self)
            old.run = RunID(run)
            old.position = RunPosition(epoch: epoch, fence: Fence(rawValue: 0))
            let finished = RunFinished(
                outcome: .failed,
                counts: RunCounts(stored: counts),
                reasons: [reason],
                finishedAt: .now
            )
            try publishing.publish(finished, from: old, on: connection)
        }
    }

    private func envelope(of id: IdentityProviderID, _ source: SourceSegment) -> Envelope {
        Envelope(
            type: DirectoryChanges.type,
            source: publishing.source,
            tenant: source.tenant,
            identityProvider: id,
            run: source.run.id,
            position: source.position,
            trace: source.trace
        )
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try MessageJSON.encoder.encode(value), as: UTF8.self)
    }
}

extension RunCounts {
    /// - Parameter json: What a `counts` column says; nothing counted where it says nothing.
    init(stored json: String) {
        self = (try? MessageJSON.decoder.decode(RunCounts.self, from: Data(json.utf8))) ?? RunCounts()
    }
}
