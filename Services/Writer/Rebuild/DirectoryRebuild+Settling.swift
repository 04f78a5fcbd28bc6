import Messages
import Postgres
import Rebuild

extension DirectoryRebuild {
    /// The live row that says behind which run the directory is, and that none is under way, is locked, so that no run
    /// begins meanwhile.
    func settle(
        _ id: IdentityProviderID,
        from tables: RebuiltDirectory,
        for attempt: RebuildAttempt,
        on connection: isolated Connection
    ) throws -> RebuildSettlement<DirectoryComparison>? {
        let isTrimmed = tables.trimmed.contains(id)
        guard let result = try result(of: id, attempt, isTrimmed, on: connection) else { return nil }
        let nudge = nudge
        return RebuildSettlement(result, afterwards: { if result.outcome == .switched { nudge() } })
    }

    private func result(
        of id: IdentityProviderID,
        _ attempt: RebuildAttempt,
        _ isTrimmed: Bool,
        on connection: isolated Connection
    ) throws -> RebuildResult<DirectoryComparison>? {
        let read = "have everybody read by a full run, and begin again"
        guard let rebuilt = try RebuildSide.look(at: id, in: "directory_rebuilt", on: connection) else {
            return RebuildResult(refused: id, because: "directory.records.v1 has nothing of it", remedy: read)
        }
        guard let live = try RebuildSide.lock(id, on: connection) else {
            return RebuildResult(refused: id, because: "the directory in use has nothing of it", remedy: read)
        }
        guard live.tenant == rebuilt.tenant else {
            return RebuildResult(refused: id, because: "the directory in use is another tenant's")
        }
        guard live.isBetweenRuns, rebuilt.isBetweenRuns, live.epoch == rebuilt.epoch else { return nil }
        // A topic that was made anew counts from 0, too, and tells nothing of earlier runs.
        let isTrimmed = isTrimmed || rebuilt.firstEpoch > Epoch(rawValue: 1)
        if isTrimmed, !rebuilt.isWhole {
            let reason = "directory.records.v1 has lost its beginning, and no run since has shown everybody"
            return RebuildResult(refused: id, because: reason, remedy: read)
        }
        if isTrimmed, live.outcome != rebuilt.outcome {
            let reason = "by what directory.records.v1 still has, the last run comes to another end"
            return RebuildResult(refused: id, because: reason, remedy: read)
        }
        try DirectoryDifferences.find(of: id, isTrimmed: isTrimmed, on: connection)
        let comparison = try DirectoryComparison.make(of: id, on: connection)
        guard attempt.switches, !comparison.isEqual else {
            return RebuildResult(of: id, comparison.isEqual ? .equal : .different, comparison)
        }
        guard try DirectorySwitch.takenIDs(of: id, on: connection) == 0 else {
            let reason = "somebody in use has the id of a person to be added"
            var refused = RebuildResult<DirectoryComparison>(refused: id, because: reason, remedy: read)
            refused.comparison = comparison
            return refused
        }
        try DirectorySwitch.perform(of: id, isTrimmed: isTrimmed, isWhole: rebuilt.isWhole, on: connection)
        return RebuildResult(of: id, .switched, comparison)
    }
}
