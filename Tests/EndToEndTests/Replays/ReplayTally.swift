import Synchronization

/// What came of replays and of the runs beside them so far.
final class ReplayTally: Sendable {
    private struct State {
        var told = 0
        var refused = 0
        var succeeded = 0
        var isOver = false
    }

    private let state = Mutex(State())

    /// Replays that told something.
    var told: Int { state.withLock { $0.told } }
    /// Replays of which nothing had a last word.
    var refused: Int { state.withLock { $0.refused } }
    /// Runs that succeeded.
    var succeeded: Int { state.withLock { $0.succeeded } }
    /// Whether everything was done beside which runs have to go on.
    var isOver: Bool { state.withLock { $0.isOver } }

    func noteTold() { state.withLock { $0.told += 1 } }

    func noteRefused() { state.withLock { $0.refused += 1 } }

    func noteSuccess() { state.withLock { $0.succeeded += 1 } }

    func end() { state.withLock { $0.isOver = true } }
}
