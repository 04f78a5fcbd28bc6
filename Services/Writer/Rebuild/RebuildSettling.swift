import FoundationEssentials
import Messages
import Postgres

/// Compares the rebuilt directory of an identity provider with the live one, and puts it in its place where that is wanted.
///
/// Both are behind the same run then, and none is under way: the live row that says so is locked, so that no run begins
/// meanwhile.
struct RebuildSettling: Sendable {
    let database: Database
    let attempt: RebuildAttempt
    /// Called after a switch.
    let nudge: @Sendable () -> Void

    /// The identity providers that the rebuild is about: those in use, and those that the topic tells of. Of those that were
    /// deleted nobody is left whom it would have to know.
    func identityProviders() async throws -> Set<IdentityProviderID> {
        if let one = attempt.identityProvider { return [one] }
        let rows = try await database.run(
            """
            select idp_id from directory.sources where deleted_at is null
            union select idp_id from directory_rebuilt.sources
            """
        )
        return Set(try rows.decode(UUID.self).map { IdentityProviderID($0) })
    }

    /// - Parameter isTrimmed: Whether the topic may have told of the identity provider before its beginning.
    /// - Returns: Whether it came to a result, which is kept; not while a run is under way, or the one directory is not as
    ///   far as the other.
    /// - Throws: `PostgresError`, ``RebuildAttempt/Overtaken``.
    func settle(_ id: IdentityProviderID, isTrimmed: Bool) async throws -> Bool {
        let attempt = attempt
        let result = try await database.transaction { connection -> RebuildResult? in
            try attempt.hold(on: connection)
            guard let result = try Self.result(of: id, attempt, isTrimmed, on: connection) else { return nil }
            try Self.keep(result, on: connection)
            return result
        }
        guard let result else { return false }
        if result.outcome == .switched { nudge() }
        return true
    }

    /// Keeps that an identity provider came to nothing, as no moment was found at which no run is under way.
    func giveUp(_ id: IdentityProviderID) async throws {
        let attempt = attempt
        try await database.transaction { connection in
            try attempt.hold(on: connection)
            let reason = "a run is under way, or the directory in use is not where directory.records.v1 is"
            let remedy = "wait until the run is over and the writer has read the topic, and begin again"
            try Self.keep(RebuildResult(refused: id, because: reason, remedy: remedy), on: connection)
        }
    }

    private static func result(
        of id: IdentityProviderID,
        _ attempt: RebuildAttempt,
        _ isTrimmed: Bool,
        on connection: isolated Connection
    ) throws -> RebuildResult? {
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
            var refused = RebuildResult(refused: id, because: "somebody in use has the id of a person to be added")
            (refused.remedy, refused.comparison) = (read, comparison)
            return refused
        }
        try DirectorySwitch.perform(of: id, isTrimmed: isTrimmed, isWhole: rebuilt.isWhole, on: connection)
        return RebuildResult(of: id, .switched, comparison)
    }

    private static func keep(_ result: RebuildResult, on connection: isolated Connection) throws {
        let json = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        try connection.run(
            """
            insert into directory.rebuild_results (idp_id, outcome, result)
            values (\(result.identityProvider.uuid), \(result.outcome.rawValue), \(json)::jsonb)
            on conflict (idp_id) do update set outcome = excluded.outcome, result = excluded.result
            """
        )
    }
}
