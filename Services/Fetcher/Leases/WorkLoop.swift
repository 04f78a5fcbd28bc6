import Logging
import Runtime
import ServiceLifecycle
import Synchronization

/// Claims work for as long as there is room, and lets each piece go on by itself: what waits keeps nobody else waiting.
struct WorkLoop<Work: Sendable>: Sendable {
    /// Pieces of work at once.
    let limit: Int
    /// Rings when there may be work.
    let bell: Bell
    /// Others' turns after this process could not send.
    let deference: Deference
    let backoff: Backoff
    let context: ProgramContext
    /// - Returns: `nil` when there is no work.
    let claim: @Sendable () async throws -> Work?
    /// Works on a piece to its end, whatever that is.
    let attend: @Sendable (Work) async -> Void

    /// How long it looks for no work, unless the bell rings.
    private static var pause: Duration { .seconds(1) }

    /// Works until graceful shutdown.
    func run() async {
        let room = Room(limit)
        await withDiscardingTaskGroup { group in
            var failures = 0
            while !Task.isShuttingDownGracefully && !Task.isCancelled {
                guard !deference.isDue else {
                    await rest(bell, Self.pause)
                    continue
                }
                guard room.hasPlace else {
                    await rest(room.freed, Self.pause)
                    continue
                }
                do {
                    let work = try await cancelWhenGracefulShutdown { try await claim() }
                    failures = 0
                    context.readiness.set("database", ready: true)
                    guard let work else {
                        await rest(bell, Self.pause)
                        continue
                    }
                    room.enter()
                    group.addTask {
                        await attend(work)
                        room.leave()
                        bell.ring()
                    }
                } catch  where error is CancellationError {
                    continue
                } catch {
                    failures += 1
                    context.logger.warning("no work can be claimed", metadata: ["error": "\(error)"])
                    context.readiness.set("database", ready: false, reason: "\(error)")
                    await rest(bell, backoff.delay(attempt: failures))
                }
            }
        }
    }

    private func rest(_ bell: Bell, _ limit: Duration) async {
        try? await cancelWhenGracefulShutdown { try await bell.wait(atMost: limit) }
    }
}

/// Places for pieces of work.
private final class Room: Sendable {
    private let places: Mutex<Int>
    /// Rings when a place is free again.
    let freed = Bell()

    init(_ places: Int) { self.places = Mutex(places) }

    var hasPlace: Bool { places.withLock { $0 > 0 } }

    func enter() { places.withLock { $0 -= 1 } }

    func leave() {
        places.withLock { $0 += 1 }
        freed.ring()
    }
}
