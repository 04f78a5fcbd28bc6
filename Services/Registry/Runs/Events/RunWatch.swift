import Logging
import Messages
import Postgres
import ServiceLifecycle
import Synchronization

/// Tells whoever listens of runs as they change: one look at the database for all of them, however many they are.
final class RunWatch: Service, Sendable {
    /// What a listener gets.
    enum Event: Sendable, Equatable {
        /// The run as it is now.
        case changed(Run)
        /// Nothing has changed for a while.
        case quiet
    }

    /// How it goes about it.
    struct Settings: Sendable {
        /// From one look to the next.
        var pause: Duration = .milliseconds(500)
        /// How often listeners hear something though nothing changes.
        var heartbeat: Duration = .seconds(15)
        /// After so long a listener has to ask again, with a key that is still good.
        var longest: Duration = .seconds(600)
        var mostOfOneKey = 10
        var most = 1_000
    }

    private struct Listener {
        var key: String
        var known: Run
        var since: ContinuousClock.Instant
        var heardAt: ContinuousClock.Instant
        var continuation: AsyncStream<Event>.Continuation
    }

    private struct State {
        var listeners: [Int: Listener] = [:]
        var next = 0
    }

    private let runs: RunStore
    private let settings: Settings
    private let logger: Logger
    private let state = Mutex(State())

    init(runs: RunStore, settings: Settings = Settings(), logger: Logger) {
        self.runs = runs
        self.settings = settings
        self.logger = logger
    }

    /// How many listen.
    var listeners: Int { state.withLock { $0.listeners.count } }

    /// What becomes of a run from a state that is known, until it is over.
    ///
    /// - Parameter key: Who listens; nil comes back where they, or all together, listen too often already.
    func listen(to run: Run, as key: String) -> AsyncStream<Event>? {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state -> Int? in
            let own = state.listeners.values.count { $0.key == key }
            guard own < settings.mostOfOneKey, state.listeners.count < settings.most else { return nil }
            state.next += 1
            let now = ContinuousClock.now
            state.listeners[state.next] = Listener(
                key: key,
                known: run,
                since: now,
                heardAt: now,
                continuation: continuation
            )
            return state.next
        }
        guard let number else { return nil }
        continuation.onTermination = { _ in self.state.withLock { $0.listeners[number] = nil } }
        return stream
    }

    /// Looks until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: self.settings.pause)
            }
        }
        let left = state.withLock { $0.listeners.values.map(\.continuation) }
        for continuation in left { continuation.finish() }
    }

    /// Looks once.
    func look() async {
        let wanted = state.withLock { Set($0.listeners.values.map(\.known.id)) }
        guard !wanted.isEmpty else { return }
        do {
            let rows = try await runs.ledger.database.run(
                "select \(Run.columns) from registry.runs where id = any(\(wanted.map(\.description))::uuid[])"
            )
            // One that cannot be read ends its own listeners, and nobody else's.
            let found = rows.compactMap { try? Run($0) }
            tell(Dictionary(found.map { ($0.id, $0) }) { first, _ in first }, of: wanted)
        } catch {
            if !Task.isCancelled { logger.warning("cannot look at runs", metadata: ["error": "\(error)"]) }
        }
    }

    /// - Parameter wanted: The runs that were looked for: who listens to another since is told by the next look.
    private func tell(_ found: [RunID: Run], of wanted: Set<RunID>) {
        let now = ContinuousClock.now
        let ended = state.withLock { state in
            let listeners = state.listeners
            return listeners.compactMap { number, listener -> AsyncStream<Event>.Continuation? in
                guard wanted.contains(listener.known.id) else { return nil }
                var listener = listener
                if let run = found[listener.known.id], run != listener.known {
                    (listener.known, listener.heardAt) = (run, now)
                    listener.continuation.yield(.changed(run))
                } else if now - listener.heardAt >= settings.heartbeat {
                    listener.heardAt = now
                    // Who has not read the last change yet is not to miss it.
                    if case .dropped(let unread) = listener.continuation.yield(.quiet) {
                        listener.continuation.yield(unread)
                    }
                }
                state.listeners[number] = listener
                let isOver = listener.known.state == .finished || found[listener.known.id] == nil
                return isOver || now - listener.since >= settings.longest ? listener.continuation : nil
            }
        }
        // Outside of the lock, which their ends take.
        for continuation in ended { continuation.finish() }
    }
}
