import Synchronization

/// Lets one question of each tenant's be answered at a time, so that no tenant takes the connections of all.
final class TenantTurns: Sendable {
    private struct Waiter {
        let ticket: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// Who stands in line; a tenant is there while one of its questions is being answered.
        var lines: [DirectoryReaders.Access: [Waiter]] = [:]
        var lastTicket = 0
    }

    /// Questions of a tenant's that wait: each is answered in bounded time, and so all of them.
    static let longestLine = 8

    private let state = Mutex(State())

    /// How many of a tenant's questions wait.
    func waiting(_ access: DirectoryReaders.Access) -> Int { state.withLock { $0.lines[access]?.count ?? 0 } }

    /// Waits until nothing else of the tenant's is being answered; whoever enters leaves.
    ///
    /// - Returns: Whether it is the caller's turn; not where too many wait already, or the caller is cancelled.
    func enter(_ access: DirectoryReaders.Access) async -> Bool {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(ticket: ticket, continuation: continuation)
                let outcome = state.withLock { Self.enter(&$0, access, waiter) }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.lines[access]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
                return state.lines[access]?.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Lets the next one of the tenant's in.
    func leave(_ access: DirectoryReaders.Access) {
        let next = state.withLock { state -> Waiter? in
            guard state.lines[access]?.isEmpty == false else {
                state.lines[access] = nil
                return nil
            }
            return state.lines[access]?.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    /// What the caller is told at once; nil where it waits.
    private static func enter(_ state: inout State, _ access: DirectoryReaders.Access, _ waiter: Waiter) -> Bool? {
        if Task.isCancelled { return false }
        guard let line = state.lines[access] else {
            state.lines[access] = []
            return true
        }
        guard line.count < longestLine else { return false }
        state.lines[access]?.append(waiter)
        return nil
    }
}
