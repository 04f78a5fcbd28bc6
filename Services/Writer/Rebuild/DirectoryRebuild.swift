import FoundationEssentials
import Logging
import Messages
import Postgres
import Rebuild

/// People and departments, rebuilt from `directory.records.v1` in a schema beside the live directory.
///
/// An identity provider is compared, and exchanged, where both are behind the same run and none is under way.
struct DirectoryRebuild: RebuildSubject {
    let name = "directory"
    let schema = DirectorySchema.name
    let topic = TopicCatalogue.directoryRecords
    let sentences = RebuildSentences(
        underWay: "The directory is being rebuilt already.",
        unasked: "The directory was never asked to be rebuilt."
    )

    /// Connections to the live directory.
    let database: Database
    /// Connections to the schema beside it.
    let rebuilt: Database
    let namespace: TopicNamespace
    let historyDays: Int
    let logger: Logger
    /// Called after a switch, as all of the identity provider is to be told anew then.
    let nudge: @Sendable () -> Void

    func makeTables() async throws {
        try await RebuiltDirectory.makeTables(in: rebuilt)
    }

    func emptyTables(on connection: isolated Connection) throws {
        try RebuiltDirectory.empty(on: connection)
    }

    func tables(for attempt: RebuildAttempt) -> RebuiltDirectory {
        RebuiltDirectory(attempt, in: rebuilt, namespace: namespace, historyDays: historyDays, logger: logger)
    }

    /// Of those that were deleted nobody is left whom a rebuild would have to know.
    func identityProviders(on connection: isolated Connection) throws -> Set<IdentityProviderID> {
        let rows = try connection.run(
            """
            select idp_id from directory.sources where deleted_at is null
            union select idp_id from directory_rebuilt.sources
            """
        )
        return Set(try rows.decode(UUID.self).map { IdentityProviderID($0) })
    }

    func refusal(of id: IdentityProviderID) -> RebuildResult<DirectoryComparison> {
        RebuildResult(
            refused: id,
            because: "a run is under way, or the directory in use is not where directory.records.v1 is",
            remedy: "wait until the run is over and the writer has read the topic, and begin again"
        )
    }
}
