import FoundationEssentials
import Kafka
import Messages
import Postgres

/// Keeps `directory.runs`, and tells how runs ended.
struct RunRows {
    let publishing: ChangePublishing

    /// Writes down that a run begins, and ends the one that gives way to it.
    ///
    /// - Throws: ``PostgresError``.
    func begin(
        _ source: SourceSegment,
        _ beginning: SourceSegment.Beginning,
        of id: IdentityProviderID,
        in segment: Segment,
        from envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        let run = source.run
        if let superseded = beginning.superseded {
            try finish(superseded, run.kind == .delete ? .deleted : .overtaken, from: envelope, on: connection)
        }
        try connection.run(
            """
            insert into runs (idp_id, epoch, run_id, kind, target, selection, is_dry_run, plan_epoch,
                requested_at, terms, topic, partition, start_offset, allowance, counts)
            values (\(id.uuid), \(source.standing.position.epoch.rawValue), \(run.id.uuid), \(run.kind.rawValue),
                \(try run.target.map(jsonText))::jsonb, \(try run.selection.map(jsonText))::jsonb, \(run.isDryRun),
                \(run.plan?.rawValue), \(run.requestedAt.description)::timestamptz, \(try jsonText(run.terms))::jsonb,
                \(segment.partition.topic), \(segment.partition.partition), \(beginning.offset),
                \(try jsonText(beginning.allowance))::jsonb, '{}'::jsonb)
            """
        )
    }

    /// Ends a run that never came to its end by itself.
    private func finish(
        _ epoch: Epoch,
        _ end: RunEnd,
        from envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        let rows = try connection.run(
            """
            update runs set outcome = \(end.outcome.rawValue), reasons = \(try jsonText(end.reasons))::jsonb,
                cause = \(end.cause?.rawValue), asked = null
            where idp_id = \(envelope.identityProvider.uuid) and epoch = \(epoch.rawValue) and outcome is null
            returning run_id, counts::text
            """
        )
        for row in rows {
            var (old, end) = (envelope, end)
            let (run, counts) = try row.decode(UUID.self, String.self)
            old.run = RunID(run)
            old.position = RunPosition(epoch: epoch, fence: Fence(rawValue: 0))
            end.counts = RunCounts(stored: counts).concluded
            end.stillHeld = try MissingRows.held(of: envelope.identityProvider, on: connection)
            let current = envelope.position?.epoch ?? epoch
            try publishing.publish(end.told(currentEpoch: current), from: old, on: connection)
        }
    }

    /// Writes down what a run has done by now, and tells its end if it is over.
    ///
    /// - Parameters:
    ///   - asked: What is kept of it once its reading is over and it waits for answers.
    ///   - hasWritten: Whether the directory is what the run says.
    /// - Throws: ``PostgresError``.
    func update(
        _ source: SourceSegment,
        _ counts: RunCounts,
        asked: AskedRun? = nil,
        hasWritten: Bool = true,
        of id: IdentityProviderID,
        from envelope: Envelope,
        on connection: isolated Connection
    ) throws {
        let epoch = source.standing.position.epoch
        var end = source.ending?.end
        end?.counts = counts
        end?.fieldReports = source.fieldReports
        let refusals = source.refusals.count > 0 ? try jsonText(source.refusals) : nil
        try connection.run(
            """
            update runs set counts = \(try jsonText(counts))::jsonb, refusals = \(refusals)::jsonb,
                field_reports = \(try jsonText(source.fieldReports))::jsonb, asked = \(try asked.map(jsonText))::jsonb,
                outcome = \(end?.outcome.rawValue), reasons = \(try end.map { try jsonText($0.reasons) })::jsonb,
                cause = \(end?.cause?.rawValue), error_code = \(end?.errorCode), is_basis = \(end?.isBasis ?? false)
            where idp_id = \(id.uuid) and epoch = \(epoch.rawValue)
            """
        )
        guard var end, let ending = source.ending else { return }
        try connection.run(
            "update sources set finished_epoch = \(epoch.rawValue) where idp_id = \(id.uuid)"
        )
        if hasWritten { try settle(source, ending, of: id, on: connection) }
        // Also a run that says of nobody that they are missing leaves what is held as it was.
        end.stillHeld = try MissingRows.held(of: id, on: connection)
        try publishing.publish(end.told(currentEpoch: epoch), from: envelope, on: connection)
    }

    /// What outlasts the run in the identity provider's row.
    private func settle(
        _ source: SourceSegment,
        _ ending: SourceSegment.Ending,
        of id: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        let isDeletion = ending.removals == .everybody
        let deletedAt = isDeletion ? ending.time.description : nil
        // In a later life the directory cannot say who is gone before it has seen everybody.
        let isWhole = isDeletion || ending.end.isBasis
        try connection.run(
            """
            update sources set grace_days = \(source.run.terms.safetyLimits.graceDays),
                deleted_at = coalesce(deleted_at, \(deletedAt)::timestamptz),
                is_whole = is_whole or \(isWhole), announced = case when is_whole or not \(isWhole) then announced end
            where idp_id = \(id.uuid)
            """
        )
        if isDeletion {
            try PageWriting.deleteAll(of: id, on: connection)
            try MissingRows.deleteAll(of: id, on: connection)
        }
    }
}
