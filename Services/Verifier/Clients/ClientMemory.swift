import Synchronization

/// The clients that were looked up just now: each logon asks for its client four times over.
///
/// They are known for a moment only, and forgotten when one is told of: what a client may have when a session begins or
/// goes on is read in that session's transaction besides.
final class ClientMemory: Sendable {
    private struct State {
        var clients: [String: (client: Client, end: ContinuousClock.Instant)] = [:]
        /// Grows whenever all are forgotten.
        var age = 0
        /// How many changes are under way.
        var changes = 0

        mutating func forget() {
            clients.removeAll(keepingCapacity: true)
            age += 1
        }
    }

    private let state = Mutex(State())

    /// How long one is known.
    static let lifetime = Duration.milliseconds(250)
    private static let most = 1_000

    /// The client of that name, unless it has to be looked up; and what ``keep(_:as:since:)`` is told then.
    func find(_ name: String, at now: ContinuousClock.Instant = .now) -> (client: Client?, age: Int) {
        state.withLock { state in
            guard let known = state.clients[name], known.end > now else { return (nil, state.age) }
            return (known.client, state.age)
        }
    }

    /// Keeps what was looked up, unless something was changed meanwhile.
    func keep(_ client: Client, as name: String, since age: Int, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            guard state.age == age, state.changes == 0 else { return }
            if state.clients.count >= Self.most { state.clients.removeAll(keepingCapacity: true) }
            state.clients[name] = (client, now + Self.lifetime)
        }
    }

    /// Changes what is looked up; until that is over, and after it, nothing is known from before.
    func changing<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
        state.withLock { state in
            state.forget()
            state.changes += 1
        }
        defer {
            state.withLock { state in
                state.forget()
                state.changes -= 1
            }
        }
        return try await body()
    }
}
