/// What one round of ``Sync`` has measured.
struct SyncFigures: Sendable {
    /// What the plain program needed, in seconds.
    struct Peer: Sendable {
        var first = 0.0
        var again = 0.0
        var copyLimit: Double?
    }

    var first: FirstSynchronization
    var unchanged = 0.0
    var delta = 0.0
    /// How often WeCom was asked for a single person in the synchronization of changes.
    var questions = 0
    /// What the history of each change takes up, in bytes, with its indexes.
    var historyBytes = 0.0
    var copyLimit: Double
    var peer: Peer?
    /// Rows of the directory written by the synchronization of nothing new.
    var rowsWritten: Int?

    /// The lower of what our COPY and the plain program's needed for the same people.
    var limit: Double { min(copyLimit, peer?.copyLimit ?? .infinity) }

    var ratioToLimit: Double { first.seconds / limit }
    var ratioToPeer: Double? { peer.map { $0.first / first.seconds } }
    var ratioToPeerUnchanged: Double? { peer.map { $0.again / unchanged } }
    var unchangedShare: Double { unchanged / first.seconds }
}
