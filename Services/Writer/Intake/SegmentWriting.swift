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
        let (before, after) = (source.before, source.standing)
        let isNewEpoch = after.position.epoch != before.position.epoch
        let rows: [Row]
        if before.isStored {
            rows = try connection.run(
                """
                update directory.sources set epoch = \(after.position.epoch.rawValue),
                    fence = \(after.position.fence.rawValue), finished_epoch = \(after.finishedEpoch.rawValue),
                    generation = \(after.generation.rawValue), user_id_case = \(after.userIDCase.rawValue),
                    change_sequence = case when \(isNewEpoch) then 0 else change_sequence end
                where idp_id = \(id.uuid) and epoch = \(before.position.epoch.rawValue)
                    and fence = \(before.position.fence.rawValue) and finished_epoch = \(before.finishedEpoch.rawValue)
                returning epoch
                """
            )
        } else {
            // In the directory's first life nobody knows of anybody who would have to be told to be gone.
            rows = try connection.run(
                """
                insert into directory.sources
                    (idp_id, tenant_id, epoch, fence, finished_epoch, generation, user_id_case, announced, is_whole)
                select \(id.uuid)::uuid, \(after.tenant.uuid)::uuid, \(after.position.epoch.rawValue)::bigint,
                    \(after.position.fence.rawValue)::bigint, \(after.finishedEpoch.rawValue)::bigint,
                    \(after.generation.rawValue)::bigint, \(after.userIDCase.rawValue)::text,
                    case when is_first then id end, is_first
                from directory.incarnation
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
        let (runs, terms) = (RunRows(publishing: publishing), source.run.terms)
        // Nobody answers any more what a run asked that gave way, or was ended.
        if source.beginning?.superseded != nil || source.ending != nil {
            try MissingRows.reopenAsked(of: id, in: source.before.position.epoch, on: connection)
        }
        if let superseded = source.beginning?.superseded {
            try RunObjectRows.writeHeld(of: id, by: superseded, on: connection)
        }
        var announcement = Announcement(terms.generation, terms.userIDCase)
        if let beginning = source.beginning {
            try runs.begin(source, beginning, of: id, in: segment, from: envelope, on: connection)
            if beginning.removesPast {
                let time = beginning.time
                let past = try removePeople(
                    before: terms.generation,
                    in: source,
                    at: time,
                    from: envelope,
                    on: connection
                )
                announcement.note(removed: past)
                try MissingRows.deleteAll(of: id, on: connection)
            }
        }
        try writeRecords(source, of: id, announcing: &announcement, on: connection)
        var source = source
        if let ending = source.ending, ending.removals == .everybody, !source.run.isDryRun {
            try removeEverybody(&source, ending, from: envelope, announcing: &announcement, on: connection)
        }
        let result = try result(of: source, id, from: envelope, announcing: &announcement, on: connection)
        if let result {
            source.counts = result.counts
            source.ending = result.end.map { SourceSegment.Ending(time: source.time, end: $0) }
        }
        if source.ending != nil { source.counts = source.counts.concluded }
        try runs.update(source, source.counts, asked: result?.asked, of: id, from: envelope, on: connection)
        try RunObjectRows.write(announcement.objects, source, of: id, on: connection)
        try publishing.publish(announcement, from: envelope, on: connection)
        guard let result else { return nil }
        guard let asked = result.asked else { return .over }
        return .asking(
            AskedState(head: source.run, counts: result.counts, asked: asked, fieldReports: source.fieldReports)
        )
    }

    /// What comes of a run of which all has arrived, or of an answer to what it asked for; `nil` where it is neither.
    private func result(
        of source: SourceSegment,
        _ id: IdentityProviderID,
        from envelope: Envelope,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws -> CompletionWriting.Result? {
        if let completion = source.completion {
            return try CompletionWriting(
                publishing: publishing,
                identityProvider: id,
                source: source,
                completion: completion,
                envelope: envelope
            ).write(announcing: &announcement, on: connection)
        }
        guard let findings = source.findings else { return nil }
        return try FindingsWriting(
            publishing: publishing,
            identityProvider: id,
            source: source,
            answers: findings
        ).write(announcing: &announcement, on: connection)
    }

    private func removeEverybody(
        _ source: inout SourceSegment,
        _ ending: SourceSegment.Ending,
        from envelope: Envelope,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        let id = envelope.identityProvider
        // The terms of what is deleted know neither the corps nor how their ids are compared.
        let all = Generation(rawValue: .max)
        let people = try removePeople(before: all, in: source, at: ending.time, from: envelope, on: connection)
        announcement.note(removed: people)
        source.counts.users.miss(people.count)
        source.counts.users.removed += people.count
        try connection.run("update directory.users set is_kept = false where idp_id = \(id.uuid) and is_kept")
        let departments = try Removing.removeDepartments(nil, from: id, at: ending.time, on: connection)
        announcement.add(departments)
        source.counts.departments.miss(departments.count)
        source.counts.departments.removed += departments.count
        if !departments.isEmpty { try PageWriting.tidy(id, on: connection) }
    }

    /// The people of earlier corps go when a run of a newer one begins, or with everybody, and are told of as theirs.
    ///
    /// - Returns: Who went.
    private func removePeople(
        before generation: Generation,
        in source: SourceSegment,
        at time: Timestamp,
        from envelope: Envelope,
        on connection: isolated Connection
    ) throws -> [DirectoryChanges.UserChange] {
        let past = try Removing.removePast(
            before: generation,
            from: envelope.identityProvider,
            at: time,
            on: connection
        )
        for (generation, users) in past.sorted(by: { $0.key < $1.key }) {
            var announcement = Announcement(generation, source.before.userIDCase)
            announcement.add(users)
            try publishing.publish(announcement, from: envelope, on: connection)
        }
        return past.values.flatMap(\.self)
    }

    private func writeRecords(
        _ source: SourceSegment,
        of id: IdentityProviderID,
        announcing announcement: inout Announcement,
        on connection: isolated Connection
    ) throws {
        guard !source.run.isDryRun else { return }
        announcement.add(
            try DepartmentWriting.write(Array(source.departments.values), of: id, in: source, on: connection)
        )
        try UserWriting.write(source.users.list, of: id, in: source, announcing: &announcement, on: connection)
        try noteLosses(source, of: id, on: connection)
        try PageWriting.write(source.pages, of: id, on: connection)
    }

    /// Limits look back at who was disabled in WeCom; who has access again counts no longer.
    private func noteLosses(
        _ source: SourceSegment,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        try Losses.note(source.users.list, of: id, at: source.run.requestedAt, on: connection)
        let departments = source.departments.values.filter { $0.action == .update(.restored) }
        try Losses.forget(.department, departments.map { String($0.record.externalID) }, of: id, on: connection)
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
