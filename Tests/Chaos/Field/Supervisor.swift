import SuiteTesting
import Synchronization

/// Starts what has ended by itself, as whatever runs services in production does.
final class Supervisor: Sendable {
    private static let interval = Duration.milliseconds(500)

    private struct State {
        /// Those that somebody ended on purpose, and by how many.
        var down: [Victim: Int] = [:]
        var starts: [Victim: Int] = [:]
    }

    private let copies: [Copy]
    private let state = Mutex(State())
    /// Held while it is decided whether a process is to be started, so that none is twice.
    private let starting = Mutex(())

    init(_ copies: [Copy]) { self.copies = copies }

    /// How often a process ended that nobody had ended.
    var starts: [Victim: Int] { state.withLock { $0.starts } }

    /// Leaves a process alone, which somebody ends, until ``restore(_:)``.
    func leave(_ victim: Victim) { state.withLock { $0.down[victim, default: 0] += 1 } }

    /// Starts the process once nobody wants it to be down.
    func restore(_ victim: Victim) throws {
        let isWanted = state.withLock { state in
            state.down[victim, default: 1] -= 1
            if state.down[victim] == 0 { state.down[victim] = nil }
            return state.down[victim] == nil
        }
        guard isWanted, let copy = copies.first(where: { $0.victim == victim }) else { return }
        try startUnlessUp(copy)
    }

    private func startUnlessUp(_ copy: Copy) throws {
        try starting.withLock { _ in
            if copy.process.id == nil { try copy.start() }
        }
    }

    /// Goes on until the task is cancelled.
    func work() async {
        while !Task.isCancelled {
            for copy in copies where copy.process.id == nil { revive(copy) }
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func revive(_ copy: Copy) {
        let isMissed = state.withLock { state in
            guard state.down[copy.victim] == nil else { return false }
            state.starts[copy.victim, default: 0] += 1
            return true
        }
        guard isMissed, copy.process.id == nil else { return }
        say("    \(copy.victim) ended by itself, and is started again")
        try? startUnlessUp(copy)
    }
}
