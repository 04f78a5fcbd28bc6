import Synchronization

/// Lets so many requests of each key be answered at a time, so that no one of them takes what all share.
public final class Turns<Key: Hashable & Sendable>: Sendable {
    private struct Waiter {
        let ticket: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Line {
        /// How many are in.
        var inside = 0
        var waiting: [Waiter] = []
    }

    private struct State {
        /// A key is there while one of its requests is in.
        var lines: [Key: Line] = [:]
        var lastTicket = 0
    }

    private let atOnce: Int
    private let longestLine: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - atOnce: How many of one key are in at a time.
    ///   - longestLine: How many of one key wait at most: each is in for a bounded time, and so all of them wait for one.
    public init(atOnce: Int, longestLine: Int) {
        self.atOnce = atOnce
        self.longestLine = longestLine
    }

    /// How many of a key's requests wait.
    public func waiting(_ key: Key) -> Int { state.withLock { $0.lines[key]?.waiting.count ?? 0 } }

    /// Waits until there is room; whoever enters leaves.
    ///
    /// - Returns: Whether it is the caller's turn; not where too many wait already, or the caller is cancelled.
    public func enter(_ key: Key) async -> Bool {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(ticket: ticket, continuation: continuation)
                let outcome = state.withLock { enter(&$0, key, waiter) }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.lines[key]?.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    return nil
                }
                return state.lines[key]?.waiting.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Lets the next one of the key's in.
    public func leave(_ key: Key) {
        let next = state.withLock { state -> Waiter? in
            guard var line = state.lines[key] else { return nil }
            let next = line.waiting.isEmpty ? nil : line.waiting.removeFirst()
            if next == nil { line.inside -= 1 }
            state.lines[key] = line.inside > 0 ? line : nil
            return next
        }
        next?.continuation.resume(returning: true)
    }

    /// What the caller is told at once; nil where it waits.
    private func enter(_ state: inout State, _ key: Key, _ waiter: Waiter) -> Bool? {
        if Task.isCancelled { return false }
        var line = state.lines[key] ?? Line()
        if line.inside < atOnce {
            line.inside += 1
            state.lines[key] = line
            return true
        }
        guard line.waiting.count < longestLine else { return false }
        line.waiting.append(waiter)
        state.lines[key] = line
        return nil
    }
}
