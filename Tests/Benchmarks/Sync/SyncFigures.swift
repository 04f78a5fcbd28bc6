/// What one round of ``Sync`` has measured.
struct SyncFigures: Sendable {
    /// What the plain program needed, in seconds.
    struct Peer: Sendable {
        var first = 0.0
        var again = 0.0
        var copyLimit: Double?
    }

    var first = 0.0
    var unchanged = 0.0
    var delta = 0.0
    var copyLimit = 0.0
    var peer: Peer?
    /// Seconds on a processor for the first synchronization and all that follows from it, by participant.
    var processorSeconds: [String: Double] = [:]
    /// The most memory during the first synchronization in megabytes, by service.
    var peaks: [String: Double] = [:]
    /// Rows of the directory written by the synchronization of nothing new.
    var rowsWritten: Int?

    /// The lower of what our COPY and the plain program's needed for the same people.
    var limit: Double { min(copyLimit, peer?.copyLimit ?? .infinity) }
}
