import FoundationEssentials
import Kafka
import Messages
import Outbox
import Pipeline
import Postgres
import Traces

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
    /// For how long it is kept what objects were.
    let historyDays: Int
    /// People and departments that a plan may have.
    var mostPlanned = PlanWriting.mostObjects

    /// - Returns: What became of runs of which all has arrived, or that were answered.
    /// - Throws: ``SegmentConflict`` or ``PostgresError``; nothing has been written then.
    func write(
        _ segment: Segment,
        on connection: isolated Connection
    ) throws -> [IdentityProviderID: RunOutcomeInHand] {
        var outcomes: [IdentityProviderID: RunOutcomeInHand] = [:]
        try advance(segment, on: connection)
        for (id, source) in segment.sources.sorted(by: { $0.key < $1.key }) {
            try claim(id, source, on: connection)
            outcomes[id] = try write(source, of: id, in: segment, on: connection)
        }
        for answer in segment.answers {
            let finished = answer.end.told(currentEpoch: answer.currentEpoch)
            try publishing.publish(finished, from: answer.envelope, on: connection)
        }
        try publishing.outbox.append(segment.letters, on: connection)
        return outcomes
    }

    private func advance(_ segment: Segment, on connection: isolated Connection) throws {
        let rows = try connection.run(
            """
            insert into partition_offsets as present (topic, partition, next_offset)
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
        let (before, after) = (source.before, source.standing)
        let isNewEpoch = after.position.epoch != before.position.epoch
        // Who was told with them, or without, is told anew otherwise, or where they were kept back meanwhile: by a run that
        // takes its time, so that nobody's logon waits for it.
        let isForAll = !source.run.isDryRun && source.run.kind.readsEverything
        let rows: [Row]
        if before.isStored {
            rows = try connection.run(
                """
                update sources set epoch = \(after.position.epoch.rawValue),
                    fence = \(after.position.fence.rawValue), finished_epoch = \(after.finishedEpoch.rawValue),
                    generation = \(after.generation.rawValue), user_id_case = \(after.userIDCase.rawValue),
                    judged_case = case when generation = \(after.generation.rawValue) then judged_case end,
                    change_sequence = case when \(isNewEpoch) then 0 else change_sequence end,
                    tells_contacts = case when \(isForAll) then \(source.run.tellsContacts) else tells_contacts end,
                    contacts_since = case when \(isForAll) then \(source.run.contactsSince)::bigint
                        else contacts_since end,
                    announced = case when not \(isForAll) or (tells_contacts, contacts_since) is not distinct from
                        (\(source.run.tellsContacts)::boolean, \(source.run.contactsSince)::bigint) then announced end
                where idp_id = \(id.uuid) and epoch = \(before.position.epoch.rawValue)
                    and fence = \(before.position.fence.rawValue) and finished_epoch = \(before.finishedEpoch.rawValue)
                returning epoch
                """
            )
        } else {
            // In the directory's first life nobody knows of anybody who would have to be told to be gone.
            rows = try connection.run(
                """
                insert into sources
                    (idp_id, tenant_id, epoch, fence, finished_epoch, generation, user_id_case, announced, is_whole,
                    tells_contacts, contacts_since)
                select \(id.uuid)::uuid, \(after.tenant.uuid)::uuid, \(after.position.epoch.rawValue)::bigint,
                    \(after.position.fence.rawValue)::bigint, \(after.finishedEpoch.rawValue)::bigint,
                    \(after.generation.rawValue)::bigint, \(after.userIDCase.rawValue)::text,
                    case when is_first then id end, is_first, \(source.run.tellsContacts)::boolean,
                    \(source.run.contactsSince)::bigint
                from incarnation
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
    ) throws -> RunOutcomeInHand? {
        let envelope = envelope(of: id, source)
        // Nobody answers any more what a run asked that gave way, or was ended.
        if source.beginning?.superseded != nil || source.ending != nil {
            try MissingRows.reopenAsked(of: id, in: source.before.position.epoch, on: connection)
        }
        if let superseded = source.beginning?.superseded {
            try RunObjectRows.writeHeld(of: id, by: superseded, on: connection)
        }
        let runs = RunRows(publishing: publishing)
        if let beginning = source.beginning {
            try PlannedParts.deleteAll(of: id, on: connection)
            try runs.begin(source, beginning, of: id, in: segment, from: envelope, on: connection)
        }
        if source.run.isPlanned {
            let writing = PlanWriting(
                publishing: publishing,
                identityProvider: id,
                envelope: envelope,
                source: source,
                segment: segment,
                historyDays: historyDays,
                mostObjects: mostPlanned
            )
            return try writing.write(on: connection)
        }
        var part = PartWriting(
            publishing: publishing,
            identityProvider: id,
            envelope: envelope,
            historyDays: historyDays,
            source: source
        )
        try part.carryOut(on: connection)
        try publishing.outbox.append(part.result?.questions ?? [], on: connection)
        let asked = part.result?.asked
        try runs.update(part.source, part.source.counts, asked: asked, of: id, from: envelope, on: connection)
        try part.tell(on: connection)
        return part.result.map { $0.inHand(source.run, part.source.fieldReports) }
    }

    private func envelope(of id: IdentityProviderID, _ source: SourceSegment) -> Envelope {
        Envelope(
            type: DirectoryChanges.type,
            source: publishing.source,
            tenant: source.standing.tenant,
            identityProvider: id,
            run: source.run.id,
            position: source.standing.position,
            trace: source.trace
        )
    }
}
